package graphfile

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
)

// MaxSeen bounds how many sightings a merged order keeps. A cycle needs one
// goroutine of its own for each of its orders, so this many let a search judge
// cycles of that length exactly.
const MaxSeen = 16

// Graph is what a number of processes saw, each order and each finding once.
// Its memory is linear in the different ones.
type Graph struct {
	Processes []Process

	orders  map[string]*Order
	reports map[string]*Report
}

// Merge reads files into one Graph. A file is taken whole or not at all: for
// each that cannot be read there is an error that names it and its line, joined
// into the one returned, and the Graph has the others.
func Merge(files ...string) (*Graph, error) {
	g := &Graph{}
	var errs []error
	for _, name := range files {
		errs = append(errs, g.addFile(name))
	}
	return g, errors.Join(errs...)
}

func (g *Graph) addFile(name string) error {
	file, err := os.Open(name)
	if err != nil {
		return err
	}
	defer file.Close()
	return g.Add(file, name)
}

// Add merges one more file, or on an error leaves g as it was.
func (g *Graph) Add(in io.Reader, name string) error {
	var one part
	r := NewReader(in, name)
	for {
		line, err := r.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return err
		}
		if err := one.add(line); err != nil {
			return r.fail(err)
		}
	}
	g.join(&one)
	return nil
}

// part is one file, read but not merged.
type part struct {
	processes []Process
	orders    []*Order
	reports   []*Report
	locks     map[uint64]struct{} // of the last process
}

func (p *part) add(line any) error {
	switch line := line.(type) {
	case *Process:
		p.countLocks()
		p.processes = append(p.processes, *line)
	case *Order:
		return p.addOrder(line)
	case *Report:
		p.reports = append(p.reports, line)
	}
	return nil
}

func (p *part) addOrder(o *Order) error {
	last := len(p.processes) - 1
	if len(o.Seen) == 0 { // a process's own file; a merged one has counted its locks
		o.Seen = []Sighting{{Process: last, Goroutine: o.Goroutine}}
		p.addLocks(o)
	}
	for _, s := range o.Seen {
		if s.Process < 0 || s.Process > last {
			return fmt.Errorf("seen by process %d of %d", s.Process, last+1)
		}
	}
	o.Goroutine = 0
	p.orders = append(p.orders, o)
	return nil
}

func (p *part) addLocks(o *Order) {
	if p.locks == nil {
		p.locks = map[uint64]struct{}{}
	}
	for _, h := range o.Held {
		p.locks[h.Lock] = struct{}{}
	}
	p.locks[o.Want.Lock] = struct{}{}
}

// countLocks settles the last process: its own file does not know how many
// different locks it will have named.
func (p *part) countLocks() {
	if n := len(p.processes); n > 0 && p.processes[n-1].Locks == 0 {
		p.processes[n-1].Locks = len(p.locks)
	}
	p.locks = nil
}

func (g *Graph) join(p *part) {
	p.countLocks()
	if g.orders == nil {
		g.orders, g.reports = map[string]*Order{}, map[string]*Report{}
	}
	base := len(g.Processes)
	g.Processes = append(g.Processes, p.processes...)
	own := map[string]bool{} // a process that took an order with many instances counts once
	for _, o := range p.orders {
		for i := range o.Seen {
			o.Seen[i].Process += base
		}
		g.joinOrder(o, own)
	}
	for _, r := range p.reports {
		key := fingerprint(r.Raw)
		if have, ok := g.reports[key]; ok {
			have.Count += max(r.Count, 1)
			continue
		}
		r.Count = max(r.Count, 1)
		g.reports[key] = r
	}
}

func (g *Graph) joinOrder(o *Order, own map[string]bool) {
	key := o.key()
	have, ok := g.orders[key]
	if !ok {
		o.Count = max(o.Count, 1)
		g.orders[key], own[key] = o, true
		return
	}
	if o.Count > 0 || !own[key] {
		have.Count += max(o.Count, 1)
		own[key] = true
	}
	for _, s := range o.Seen {
		if len(have.Seen) < MaxSeen && !slices.Contains(have.Seen, s) {
			have.Seen = append(have.Seen, s)
		}
	}
}

// Orders returns the different orders, sorted by their names and places.
func (g *Graph) Orders() []Order {
	orders := make([]Order, 0, len(g.orders))
	for _, key := range slices.Sorted(maps.Keys(g.orders)) {
		orders = append(orders, *g.orders[key])
	}
	return orders
}

// Reports returns the different findings, sorted by fingerprint.
func (g *Graph) Reports() []Report {
	reports := make([]Report, 0, len(g.reports))
	for _, key := range slices.Sorted(maps.Keys(g.reports)) {
		reports = append(reports, *g.reports[key])
	}
	return reports
}

// Locks is how many locks the processes named in orders, each instance once.
func (g *Graph) Locks() int {
	n := 0
	for _, p := range g.Processes {
		n += p.Locks
	}
	return n
}

// WriteTo writes g as one file in the same format, which can be merged again.
func (g *Graph) WriteTo(out io.Writer) (int64, error) {
	counted := &countingWriter{out: out}
	w := &Writer{out: counted}
	for _, p := range g.Processes {
		if err := w.Process(p); err != nil {
			return counted.n, err
		}
	}
	for _, o := range g.Orders() {
		if err := w.Order(o); err != nil {
			return counted.n, err
		}
	}
	for _, r := range g.Reports() {
		if err := w.line(reportLine{"report", r}); err != nil {
			return counted.n, err
		}
	}
	return counted.n, nil
}

type countingWriter struct {
	out io.Writer
	n   int64
}

func (c *countingWriter) Write(p []byte) (int, error) {
	n, err := c.out.Write(p)
	c.n += int64(n)
	return n, err
}

// Close leaves the writer below open: it is its owner's.
func (c *countingWriter) Close() error { return nil }
