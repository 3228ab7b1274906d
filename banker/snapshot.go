package banker

import (
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/interlock-go/interlock/internal/safestate"
)

// Snapshot is a banker at one instant, with stable JSON, in which empty lists are lists. Rows of
// Max, Allocation and Need are as Jobs, columns as Resources. It is the caller's to change.
type Snapshot struct {
	Name         string    `json:"name"`          // of the banker
	Resources    []string  `json:"resources"`     // names, ascending
	Total        []int64   `json:"total"`         // units, free or held
	Available    []int64   `json:"available"`     // units that are free
	Jobs         []string  `json:"jobs"`          // names
	Max          [][]int64 `json:"max"`           // claims
	Allocation   [][]int64 `json:"allocation"`    // what jobs hold
	Need         [][]int64 `json:"need"`          // what they may still ask for
	SafeSequence []string  `json:"safe_sequence"` // of all jobs: each can finish when those before it have
	Waiting      []Waiting `json:"waiting"`       // in order of arrival
}

// Waiting is a call that waits.
type Waiting struct {
	Job     string  `json:"job"`              // its name
	Request []int64 `json:"request"`          // by resource
	Pinned  bool    `json:"pinned,omitempty"` // it was overtaken as often as may be
}

// Snapshot returns the state of b.
func (b *Banker) Snapshot() Snapshot {
	b.mu.Lock()
	defer b.mu.Unlock()
	s := Snapshot{
		Name: b.name, Resources: append([]string{}, b.names...), Total: []int64{}, Available: []int64{},
		Jobs: []string{}, Max: [][]int64{}, Allocation: [][]int64{}, Need: [][]int64{},
		SafeSequence: []string{}, Waiting: []Waiting{},
	}
	for r := range b.names {
		s.Total = append(s.Total, b.q.Total(r))
		s.Available = append(s.Available, b.q.Free(r))
	}
	holds := map[*Job]bool{}
	for id := range b.q.Order {
		s.SafeSequence = append(s.SafeSequence, b.jobs[id].name)
		holds[b.jobs[id]] = true
	}
	for _, j := range b.jobs {
		if j == nil {
			continue
		}
		s.add(j)
		if !holds[j] {
			s.SafeSequence = append(s.SafeSequence, j.name)
		}
	}
	for i, w := range b.q.Waiting() {
		id, req := w.Request()
		s.Waiting = append(s.Waiting, Waiting{b.jobs[id].name, b.vector(req), i == 0 && b.q.Pinned() == id})
	}
	return s
}

// add adds a row.
func (s *Snapshot) add(j *Job) {
	n := len(s.Resources)
	most, held, need := make([]int64, n), make([]int64, n), make([]int64, n)
	for i := range j.b.q.Claim(j.id) {
		r, more, has := j.b.q.At(j.id, i)
		most[r], held[r], need[r] = more+has, has, more
	}
	s.Jobs = append(s.Jobs, j.name)
	s.Max, s.Allocation, s.Need = append(s.Max, most), append(s.Allocation, held), append(s.Need, need)
}

func (b *Banker) vector(req []safestate.Amount) []int64 {
	v := make([]int64, len(b.names))
	for _, a := range req {
		v[a.Resource] += a.Units
	}
	return v
}

// String prints the table that textbooks print.
func (s Snapshot) String() string {
	var t strings.Builder
	w := tabwriter.NewWriter(&t, 0, 0, 2, ' ', 0)
	blank := slices.Repeat([]string{""}, max(len(s.Resources)-1, 0))
	head := slices.Concat([]string{s.Name, "Allocation"}, blank, []string{"Max"}, blank, []string{"Need"}, blank)
	fmt.Fprintln(w, strings.Join(head, "\t"))
	fmt.Fprintln(w, strings.Join(slices.Concat([]string{""}, s.Resources, s.Resources, s.Resources), "\t"))
	for i, j := range s.Jobs {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", j, cells(s.Allocation[i]), cells(s.Max[i]), cells(s.Need[i]))
	}
	fmt.Fprintf(w, "available\t%s\n", cells(s.Available))
	fmt.Fprintf(w, "total\t%s\n", cells(s.Total))
	_ = w.Flush() // a Builder takes everything
	var lines []string
	for l := range strings.Lines(t.String()) {
		lines = append(lines, strings.TrimRight(l, " \n"))
	}
	lines = append(lines, "safe sequence: "+strings.Join(s.SafeSequence, " "))
	for _, x := range s.Waiting {
		lines = append(lines, fmt.Sprintf("%s waits for %s", x.Job, list(s.Resources, x.Request)))
	}
	return strings.Join(lines, "\n") + "\n"
}

func cells(row []int64) string {
	return strings.Trim(strings.Join(strings.Fields(fmt.Sprint(row)), "\t"), "[]")
}

// list returns the amounts that are not zero, as "gpu=2 mem=40".
func list(names []string, units []int64) string {
	var all []string
	for r, n := range units {
		if n != 0 {
			all = append(all, Of(names[r], n).String())
		}
	}
	if len(all) == 0 {
		return "nothing"
	}
	return strings.Join(all, " ")
}
