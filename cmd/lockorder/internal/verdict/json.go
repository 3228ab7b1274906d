package verdict

import (
	_ "embed"
	"encoding/json"
	"io"

	"github.com/interlock-go/interlock/cmd/lockorder/internal/finding"
	"github.com/interlock-go/interlock/internal/baseline"
	"github.com/interlock-go/interlock/lockorder"
)

// Schema is the JSON schema of what lockorder check -format json writes.
//
//go:embed check.schema.json
var Schema string

// The form that check.schema.json describes.
type (
	jsonCheck struct {
		Version      int               `json:"version"`
		Failed       bool              `json:"failed"`
		Processes    int               `json:"processes"`
		Locks        int               `json:"locks"`
		Orders       int               `json:"orders"`
		Findings     []jsonFinding     `json:"findings"`
		NewOrders    []jsonOrder       `json:"new_orders"`
		AbsentOrders []jsonOrder       `json:"absent_orders"`
		NeverTaken   []jsonPair        `json:"never_taken"`
		Suppressions []jsonSuppression `json:"suppressions"`
		LeftOut      []string          `json:"left_out"`
	}
	jsonFinding struct {
		Status    finding.Status    `json:"status"`
		Fails     bool              `json:"fails"`
		Processes int               `json:"processes"`
		Report    lockorder.Report  `json:"report"`
		Confirmed *lockorder.Report `json:"confirmed,omitempty"`
	}
	jsonOrder struct {
		Held []jsonLock `json:"held"`
		Want jsonLock   `json:"want"`
	}
	jsonLock struct {
		Name     string `json:"name"`
		Mode     string `json:"mode"`
		Position string `json:"position"`
	}
	jsonPair struct {
		Before string `json:"before"`
		After  string `json:"after"`
	}
	jsonSuppression struct {
		ID     string `json:"id"`
		Until  string `json:"until"`
		Reason string `json:"reason"`
		Line   int    `json:"line"`
		State  string `json:"state"`
	}
)

func writeJSON(v *Verdict, out io.Writer) error {
	j := jsonCheck{
		Version: 1, Failed: v.Failed(), Processes: len(v.Graph.Processes()), Locks: v.Graph.Locks(), Orders: v.Graph.Len(),
		Findings: []jsonFinding{}, NewOrders: jsonOrders(v.diff.New), AbsentOrders: jsonOrders(v.diff.Absent),
		NeverTaken: []jsonPair{}, Suppressions: []jsonSuppression{}, LeftOut: []string{},
	}
	for _, f := range v.found {
		f := f.Localize(v.Places.ToReport)
		r := f.Report
		if r.Edges == nil {
			r.Edges = []lockorder.Edge{} // the schema has a list
		}
		j.Findings = append(j.Findings, jsonFinding{f.Status, v.fails(f), f.Processes, r, f.Ring})
	}
	for _, d := range v.idle {
		j.NeverTaken = append(j.NeverTaken, jsonPair(d))
	}
	for _, s := range v.Base.Suppressed {
		j.Suppressions = append(j.Suppressions, jsonSuppression{s.ID, s.Until.Format(baseline.Day), s.Reason, s.Line, v.stateOf(s)})
	}
	for _, err := range v.LeftOut {
		j.LeftOut = append(j.LeftOut, err.Error())
	}
	e := json.NewEncoder(out)
	e.SetIndent("", "  ")
	return e.Encode(j)
}

// stateOf is the suppression's "active", "unused" or "expired".
func (v *Verdict) stateOf(s baseline.Suppression) string {
	for _, one := range v.expired {
		if one.ID == s.ID {
			return "expired"
		}
	}
	for _, one := range v.unused {
		if one.ID == s.ID {
			return "unused"
		}
	}
	return "active"
}

func jsonOrders(orders []baseline.Order) []jsonOrder {
	all := []jsonOrder{}
	for _, o := range orders {
		j := jsonOrder{Held: []jsonLock{}}
		last := len(o.Locks) - 1
		for _, l := range o.Locks[:last] {
			j.Held = append(j.Held, jsonLock{l.Name, l.Mode, l.Position})
		}
		l := o.Locks[last]
		j.Want = jsonLock{l.Name, l.Mode, l.Position}
		all = append(all, j)
	}
	return all
}
