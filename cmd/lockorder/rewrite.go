package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/interlock-go/interlock/internal/baseline"
	"github.com/interlock-go/interlock/internal/graphfile"
)

// theBaseline stands for the process and the functions of orders that no process
// of the graph has taken.
const theBaseline = "the baseline"

// absent makes orders of a graph of those that only the baseline has, each taken
// by a goroutine of its own: one that is new can close a cycle with them.
func absent(c *checked) []graphfile.Order {
	var orders []graphfile.Order
	by := len(c.graph.Processes())
	for i, o := range c.diff.Absent {
		var all []graphfile.Hold
		for _, l := range o.Locks {
			h := graphfile.Hold{Mode: l.Mode, Type: "Mutex"}
			if l.Mode == "RLock" {
				h.Type = "RWMutex"
			}
			function, _ := strings.CutPrefix(l.Name, graphfile.Placed)
			if l.Classed {
				h.Class, function = l.Name, theBaseline // which does not say in what function
			}
			colon := strings.LastIndexByte(l.Position, ':')
			line, _ := strconv.Atoi(l.Position[colon+1:])
			h.Site = []graphfile.Frame{{Func: function, File: l.Position[:max(colon, 0)], Line: line}}
			all = append(all, h)
		}
		last := len(all) - 1
		orders = append(orders, graphfile.Order{
			Held: all[:last], Want: all[last],
			Seen: []graphfile.Sighting{{Process: by, Goroutine: uint64(i + 1)}},
		})
	}
	return orders
}

// rewrite makes the orders that were seen those of the baseline, and with -partial
// keeps those that were not. Everything written by hand stays. The file is put in
// place as a whole.
func (a *checkArgs) rewrite(c *checked, stderr io.Writer) int {
	c.base.Orders = nil
	for _, o := range c.graph.Orders() {
		c.base.Orders = append(c.base.Orders, baseline.OrderOf(o))
	}
	if a.partial {
		c.base.Orders = append(c.base.Orders, c.diff.Absent...)
	}
	temp, err := os.CreateTemp(filepath.Dir(a.baseline), ".lockorder-*")
	if err != nil {
		return fail(stderr, err)
	}
	defer os.Remove(temp.Name())
	_, err = c.base.WriteTo(temp)
	if err = errors.Join(err, temp.Chmod(0o644), temp.Close()); err == nil {
		err = os.Rename(temp.Name(), a.baseline)
	}
	if err != nil {
		return fail(stderr, err)
	}
	fmt.Fprintf(stderr, "lockorder: wrote %s: %s\n", a.baseline, plural(len(baseline.Merge(c.base.Orders)), "order", "orders"))
	return exitOK
}
