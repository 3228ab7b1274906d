// Package verdict holds what a graph shows against a baseline, and writes what comes of it for people and for machines.
package verdict

import (
	"slices"
	"time"

	"github.com/interlock-go/interlock/cmd/lockorder/internal/finding"
	"github.com/interlock-go/interlock/internal/baseline"
	"github.com/interlock-go/interlock/internal/graphfile"
	"github.com/interlock-go/interlock/lockorder"
)

// Case is what is to be judged.
type Case struct {
	Graph   *graphfile.Graph
	LeftOut []error        // graph files that could not be read
	Base    *baseline.File // an empty one if there is none
	Name    string         // of the baseline's file, "" without one
	Failing []string       // tiers
	Partial bool           // the graph is of a part of the program
	Update  bool           // the baseline is going to be rewritten
	Places  finding.Places // of the files that findings name
}

// Verdict is the outcome. Formats has the ways to write it.
type Verdict struct {
	Case
	found   finding.List
	diff    *baseline.Difference
	idle    []graphfile.Declaration // declared orders that nobody has taken
	expired []baseline.Suppression
	unused  []baseline.Suppression
}

// Judge gives each finding its status. The error is a *[baseline.Error]: the baseline contradicts what
// the program declares, or names a class that it does not have. now decides which suppressions have expired.
func (c Case) Judge(now time.Time) (*Verdict, error) {
	v := &Verdict{Case: c}
	declared := finding.DeclaredIn(c.Graph)
	if err := c.declare(declared); err != nil {
		return nil, err
	}
	if err := c.knowsClasses(); err != nil {
		return nil, err
	}
	v.diff = baseline.Compare(c.Base.Orders, seen(c.Graph))
	v.found = finding.CollectMore(c.Graph, absent(v), declared)
	v.idle = idle(c.Graph, c.Base.Declared)
	v.judge(now)
	return v, nil
}

// seen are the orders of a graph, as a baseline has them.
func seen(g *graphfile.Graph) []baseline.Order {
	var all []baseline.Order
	for _, o := range g.Orders() {
		all = append(all, baseline.OrderOf(o))
	}
	return all
}

// Updated is the baseline with the orders that were seen instead of its own, and, of a part of the program, those that were
// not. Everything written by hand stays.
func (v *Verdict) Updated() *baseline.File {
	file := *v.Base
	file.Orders = seen(v.Graph)
	if v.Partial {
		file.Orders = append(file.Orders, v.diff.Absent...)
	}
	return &file
}

// judge gives each finding its status and sorts out the suppressions.
func (v *Verdict) judge(now time.Time) {
	used := map[string]bool{}
	for _, s := range v.Base.Suppressed {
		if s.Expired(now) {
			v.expired = append(v.expired, s)
		}
	}
	for i := range v.found {
		f := &v.found[i]
		f.Status = finding.Known
		if f.Report.Tier == lockorder.Deadlock || f.Unread != "" || len(f.Report.Edges) == 0 {
			f.Status = finding.New
		}
		for _, e := range f.Report.Edges {
			if !v.diff.Known(baseline.OrderOf(finding.OrderOf(e))) {
				f.Status = finding.New
			}
		}
		if s := v.suppression(f.Report.ID); s != nil {
			used[s.ID] = true
			if !s.Expired(now) {
				f.Status = finding.Suppressed
			}
		}
	}
	for _, s := range v.Base.Suppressed {
		if !used[s.ID] {
			v.unused = append(v.unused, s)
		}
	}
}

func (v *Verdict) suppression(id string) *baseline.Suppression {
	for i := range v.Base.Suppressed {
		if v.Base.Suppressed[i].ID == id {
			return &v.Base.Suppressed[i]
		}
	}
	return nil
}

// fails says whether the finding makes the command fail.
func (v *Verdict) fails(f finding.Finding) bool { return f.Status == finding.New && f.Of(v.Failing) }

// Failed says whether some finding makes the command fail, or a suppression that has expired does.
func (v *Verdict) Failed() bool {
	return len(v.expired) > 0 || slices.ContainsFunc(v.found, v.fails)
}
