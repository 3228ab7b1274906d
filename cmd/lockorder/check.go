package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/interlock-go/interlock/internal/baseline"
	"github.com/interlock-go/interlock/internal/graphfile"
	"github.com/interlock-go/interlock/lockorder"
)

// status is what a baseline has to say of a finding.
type status string

const (
	isNew        status = "new"        // some order in it is not in the baseline, or it has happened
	isKnown      status = "known"      // all of its orders are in the baseline
	isSuppressed status = "suppressed" // by a line that has not expired
)

// checked is the outcome of lockorder check.
type checked struct {
	graph   *graphfile.Graph
	found   findings
	failing []string // tiers
	name    string   // of the baseline, "" without one
	base    *baseline.File
	diff    *baseline.Difference
	idle    []graphfile.Declaration // declared orders that nobody has taken
	expired []baseline.Suppression
	unused  []baseline.Suppression
	leftOut []error
	places  places
}

type checkArgs struct {
	*graphArgs
	baseline, format string
	update, partial  bool
	fail             goArgs // for its -fail
}

// check is the command lockorder check. It returns the exit status.
func check(args []string, stdout, stderr io.Writer) int {
	a := &checkArgs{graphArgs: newGraphArgs("check"), fail: goArgs{fail: defaultFail}}
	a.flags.StringVar(&a.baseline, "baseline", "", "")
	a.flags.StringVar(&a.format, "format", "text", "")
	a.flags.BoolVar(&a.update, "update", false, "")
	a.flags.BoolVar(&a.partial, "partial", false, "")
	a.flags.Func("fail", "", a.fail.setFail)
	if err := a.parse(args); err != nil {
		return fail(stderr, err)
	}
	write, known := formats[a.format]
	switch {
	case !known:
		return fail(stderr, fmt.Errorf("unknown format %q; there are %s", a.format, strings.Join(formatNames, ", ")))
	case a.update && a.baseline == "":
		return fail(stderr, errors.New("-update needs the -baseline to write"))
	}
	c, err := a.compare(stderr)
	if err != nil {
		return fail(stderr, err)
	}
	if err := a.write(stdout, func(w io.Writer) error { return write(c, w) }); err != nil {
		return fail(stderr, err)
	}
	if a.out != "" && a.format != "text" {
		_ = writeText(c, stdout) // the file is for a machine, and somebody reads the log
	}
	if a.update {
		return a.rewrite(c, stderr)
	}
	if c.failed() {
		return exitFail
	}
	return exitOK
}

// compare reads the files and holds the graph against the baseline.
func (a *checkArgs) compare(stderr io.Writer) (*checked, error) {
	c := &checked{failing: a.fail.fail, name: a.baseline, base: &baseline.File{}, places: findPlaces("")}
	var err error
	if c.graph, c.leftOut, err = a.load(a.flags.Args(), stderr); err != nil {
		return nil, err
	}
	if a.baseline != "" {
		if c.base, err = a.readBaseline(); err != nil {
			return nil, err
		}
	}
	declared := declaredIn(c.graph)
	if err := a.declare(c, declared); err != nil {
		return nil, err
	}
	if err := a.knowsClasses(c); err != nil {
		return nil, err
	}
	var seen []baseline.Order
	for _, o := range c.graph.Orders() {
		seen = append(seen, baseline.OrderOf(o))
	}
	c.diff = baseline.Compare(c.base.Orders, seen)
	c.found = collectMore(c.graph, absent(c), declared)
	c.idle = idle(c.graph, c.base.Declared)
	c.judge(time.Now())
	return c, nil
}

// readBaseline reads the baseline; one that is not there yet is empty, if it is
// about to be written.
func (a *checkArgs) readBaseline() (*baseline.File, error) {
	file, err := os.Open(a.baseline)
	if errors.Is(err, os.ErrNotExist) && a.update {
		return &baseline.File{}, nil
	}
	if err != nil {
		return nil, fmt.Errorf("%w; -update makes a baseline", err)
	}
	defer file.Close()
	return baseline.Read(file, a.baseline)
}

// declare adds the declarations of the baseline to those of the processes.
func (a *checkArgs) declare(c *checked, declared declarations) error {
	for _, d := range c.base.Declared {
		if path := declared.path(d.After, d.Before); path != nil || d.Before == d.After {
			return &baseline.Error{File: a.baseline, Line: d.Line, Err: fmt.Errorf("%s before %s contradicts the declared %s",
				d.Before, d.After, strings.Join(append(path, d.After)[:max(len(path), 1)], " before "))}
		}
		declared.add(d.Declaration)
	}
	return nil
}

// knowsClasses holds the names in the baseline against those of the program: a
// class that was renamed would silently stop meaning anything. With -partial the
// graphs are of a part of the program, and -update drops orders by itself.
func (a *checkArgs) knowsClasses(c *checked) error {
	classes := c.graph.Classes()
	unknown := func(line int, name string) error {
		return &baseline.Error{File: a.baseline, Line: line, Err: fmt.Errorf("unknown class %q: no process has declared or locked it; "+
			"if it was renamed or removed, -update rewrites the orders; if these graphs are of a part of the tests, -partial says so", name)}
	}
	if a.partial {
		return nil
	}
	for _, d := range c.base.Declared {
		for _, name := range []string{d.Before, d.After} {
			if !slices.Contains(classes, name) {
				return unknown(d.Line, name)
			}
		}
	}
	for _, o := range c.base.Orders {
		for _, name := range o.Classes() {
			if !a.update && !slices.Contains(classes, name) {
				return unknown(o.Line, name)
			}
		}
	}
	return nil
}

// judge gives each finding its status and sorts out the suppressions.
func (c *checked) judge(now time.Time) {
	used := map[string]bool{}
	for _, s := range c.base.Suppressed {
		if s.Expired(now) {
			c.expired = append(c.expired, s)
		}
	}
	for i := range c.found {
		f := &c.found[i]
		f.status = isKnown
		if f.report.Tier == lockorder.Deadlock || f.unread != "" || len(f.report.Edges) == 0 {
			f.status = isNew
		}
		for _, e := range f.report.Edges {
			if !c.diff.Known(baseline.OrderOf(orderOf(e))) {
				f.status = isNew
			}
		}
		if s := c.suppression(f.report.ID); s != nil {
			used[s.ID] = true
			if !s.Expired(now) {
				f.status = isSuppressed
			}
		}
	}
	for _, s := range c.base.Suppressed {
		if !used[s.ID] {
			c.unused = append(c.unused, s)
		}
	}
}

func (c *checked) suppression(id string) *baseline.Suppression {
	for i := range c.base.Suppressed {
		if c.base.Suppressed[i].ID == id {
			return &c.base.Suppressed[i]
		}
	}
	return nil
}

// fails says whether the finding makes the command fail.
func (c *checked) fails(f finding) bool { return f.status == isNew && f.of(c.failing) }

func (c *checked) failed() bool {
	return len(c.expired) > 0 || slices.ContainsFunc(c.found, c.fails)
}
