package lockhttp

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/interlock-go/interlock/banker"
	"github.com/interlock-go/interlock/internal/drawing"
)

// Bankers are the tables of bankers.
type Bankers struct {
	At      time.Time `json:"at"`      // of the look
	Bankers []Banker  `json:"bankers"` // in the order of the options
}

// Banker is one of them. The table and the reasons are read one after the other, so
// they may differ by a few grants.
type Banker struct {
	banker.Snapshot
	Reasons []Reason `json:"reasons"` // of the calls that wait, in order of arrival; the first few
}

// Reason is why a call waits.
type Reason struct {
	banker.Verdict
	Waits string `json:"waits"` // what it waits for: an error of package banker, in words
	Text  string `json:"text"`  // the verdict, for people
}

// explained bounds the reasons: each takes time in proportion to the number of jobs,
// and the banker grants nothing meanwhile.
const explained = 20

func (l *live) bankerTables() Bankers {
	all := Bankers{At: l.looks.now(), Bankers: []Banker{}}
	for _, b := range l.bankers {
		one := Banker{Snapshot: b.Snapshot(), Reasons: []Reason{}}
		for _, v := range b.Waiting(explained) {
			why := "about to be granted"
			if v.Err != nil {
				why = strings.TrimPrefix(v.Err.Error(), "banker: ")
			}
			one.Reasons = append(one.Reasons, Reason{v, why, v.String()})
		}
		all.Bankers = append(all.Bankers, one)
	}
	return all
}

// row is a job as the page shows it.
type row struct {
	Job   string // its name, with its number if others have the name
	Cells []cell
	Waits string // "" if it does not wait
}

// cell is what a job holds of a resource, of what it may.
type cell struct{ Holds, Claims int64 }

// rows puts the table together for the page: those that wait first, and no more than are shown.
func rows(b Banker) []row {
	waits := map[int]string{}
	for _, w := range b.Waiting {
		waits[w.ID] = "waits"
	}
	for _, r := range b.Reasons {
		waits[r.ID] = r.Waits
	}
	order := make([]int, len(b.Jobs))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int { return falseFirst(waits[b.IDs[i]] == "", waits[b.IDs[j]] == "") })
	var all []row
	for _, i := range order[:min(len(order), shown)] {
		r := row{Job: jobName(b, b.Jobs[i], b.IDs[i]), Waits: waits[b.IDs[i]]}
		for k := range b.Resources {
			r.Cells = append(r.Cells, cell{b.Allocation[i][k], b.Max[i][k]})
		}
		all = append(all, r)
	}
	return all
}

// jobName tells jobs of one name apart.
func jobName(b Banker, name string, id int) string {
	if first := slices.Index(b.Jobs, name); first < 0 || !slices.Contains(b.Jobs[first+1:], name) {
		return drawing.Name(name)
	}
	return fmt.Sprintf("%s #%d", drawing.Name(name), id)
}

// told is a verdict in words, with names as they may stand in a line: one of several lines would tell
// what it likes.
func told(v banker.Verdict) string {
	v.Job, v.Pinned = drawing.Name(v.Job), drawing.Name(v.Pinned)
	v.Finish, v.Stuck, v.NotBefore = slices.Clone(v.Finish), slices.Clone(v.Stuck), slices.Clone(v.NotBefore)
	for i := range v.Finish {
		v.Finish[i] = drawing.Name(v.Finish[i])
	}
	for i := range v.Stuck {
		v.Stuck[i].Job = drawing.Name(v.Stuck[i].Job)
	}
	for i := range v.NotBefore {
		v.NotBefore[i].Job = drawing.Name(v.NotBefore[i].Job)
	}
	return v.String()
}
