package verdict

import (
	"fmt"
	"slices"
	"strings"

	"github.com/interlock-go/interlock/cmd/lockorder/internal/finding"
	"github.com/interlock-go/interlock/internal/baseline"
)

// declare adds the declarations of the baseline to those of the processes.
func (c Case) declare(declared finding.Declarations) error {
	for _, d := range c.Base.Declared {
		if path := declared.Path(d.After, d.Before); path != nil || d.Before == d.After {
			return &baseline.Error{File: c.Name, Line: d.Line, Err: fmt.Errorf("%s before %s contradicts the declared %s",
				d.Before, d.After, strings.Join(append(path, d.After)[:max(len(path), 1)], " before "))}
		}
		declared.Add(d.Declaration)
	}
	return nil
}

// knowsClasses holds the names in the baseline against those of the program: a
// class that was renamed would silently stop meaning anything. With -partial the
// graphs are of a part of the program, and -update drops orders by itself.
func (c Case) knowsClasses() error {
	classes := c.Graph.Classes()
	unknown := func(line int, name string) error {
		return &baseline.Error{File: c.Name, Line: line, Err: fmt.Errorf("unknown class %q: no process has declared or locked it; "+
			"if it was renamed or removed, -update rewrites the orders; if these graphs are of a part of the tests, -partial says so", name)}
	}
	if c.Partial {
		return nil
	}
	for _, d := range c.Base.Declared {
		for _, name := range []string{d.Before, d.After} {
			if !slices.Contains(classes, name) {
				return unknown(d.Line, name)
			}
		}
	}
	for _, o := range c.Base.Orders {
		for _, name := range o.Classes() {
			if !c.Update && !slices.Contains(classes, name) {
				return unknown(o.Line, name)
			}
		}
	}
	return nil
}
