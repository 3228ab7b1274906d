package graphfile

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"slices"
	"strings"
)

// MaxSeen bounds how many sightings a merged order keeps. A cycle needs one
// goroutine of its own for each of its orders, so this many let a search judge
// cycles of that length exactly.
const MaxSeen = 16

// Graph is what a number of processes saw, each order and each finding once.
// Its memory is linear in the different ones, and it does not depend on the order
// in which files were added, nor on how often each was. [NewGraph] makes one.
type Graph struct {
	processes []Process
	byID      map[string]int

	frames    []frame
	frameOf   map[string]uint32 // by the words of its line
	positions map[string]uint32
	holds     []hold
	holdOf    map[string]uint32
	orders    []order
	orderOf   map[string]uint32 // by the numbers of its holds, the wanted one last

	frameSeq, holdSeq, orderSeq sequence

	classes  map[string]bool // true: each process has one lock of it
	declared map[Declaration]struct{}
	reports  map[string]*Report

	key []byte
}

// frame is a Frame, and the number of its position.
type frame struct {
	Frame
	position uint32
	words    string
}

// hold stands for all that have its class, mode and place. Of their stacks and
// types it has the least, so that the choice depends on nothing but what there is.
type hold struct {
	class, kind, mode string
	stack             []uint32
	key               string
}

type order struct {
	holds []uint32
	seen  []Sighting // sorted, the least MaxSeen of all
}

// NewGraph returns a graph of no process.
func NewGraph() *Graph {
	return &Graph{
		byID: map[string]int{}, frameOf: map[string]uint32{}, positions: map[string]uint32{},
		holdOf: map[string]uint32{}, orderOf: map[string]uint32{},
		classes: map[string]bool{}, declared: map[Declaration]struct{}{}, reports: map[string]*Report{},
	}
}

// take merges a file that has been read to its end.
func (g *Graph) take(p *part) {
	g.orderSeq.restart()
	numbers := make([]int, len(p.processes))
	for i, process := range p.processes {
		numbers[i] = g.process(process)
	}
	id, seen := 0, 0
	for _, o := range p.orders {
		for i := range p.seen[seen:o.seen] {
			p.seen[seen+i].Process = numbers[p.seen[seen+i].Process]
		}
		g.order(p.ids[id:o.ids], p.seen[seen:o.seen])
		id, seen = o.ids, o.seen
	}
	for _, c := range p.classes {
		g.class(c)
	}
	for _, d := range p.declared {
		g.declared[d] = struct{}{}
	}
	for _, r := range p.reports {
		for i := range r.Seen {
			r.Seen[i] = numbers[r.Seen[i]]
		}
		g.report(r)
	}
}

// class takes a class. One that is single to some and not to others is not.
func (g *Graph) class(c class) {
	single, known := g.classes[c.name]
	g.classes[c.name] = c.single && (single || !known)
}

// process is the number of a process. Files that speak of one differently have
// the lesser word, so that it does not matter which came first.
func (g *Graph) process(p Process) int {
	n, ok := g.byID[p.ID]
	if !ok {
		n = len(g.processes)
		g.byID[p.ID] = n
		g.processes = append(g.processes, p)
		return n
	}
	have := &g.processes[n]
	locks := max(have.Locks, p.Locks)
	if compareProcesses(p, *have) < 0 {
		*have = p
	}
	have.Locks = locks
	return n
}

func compareProcesses(a, b Process) int {
	return cmp.Or(strings.Compare(a.ID, b.ID), strings.Compare(a.Host, b.Host), cmp.Compare(a.PID, b.PID),
		strings.Compare(a.Program, b.Program), strings.Compare(a.Module, b.Module))
}

func (g *Graph) order(holds []uint32, seen []Sighting) {
	id, ok := g.orderSeq.guess()
	if !ok || !slices.Equal(g.orders[id].holds, holds) {
		id, ok = g.findOrder(holds)
	}
	if !ok {
		id = uint32(len(g.orders))
		g.orderOf[string(g.key)] = id
		g.orders = append(g.orders, order{holds: slices.Clone(holds)})
	}
	g.orderSeq.came(id)
	o := &g.orders[id]
	for _, s := range seen {
		g.saw(o, s)
	}
}

// findOrder leaves the order's key in g.key.
func (g *Graph) findOrder(holds []uint32) (uint32, bool) {
	g.key = g.key[:0]
	for _, h := range holds {
		g.key = binary.LittleEndian.AppendUint32(g.key, h)
	}
	id, ok := g.orderOf[string(g.key)]
	return id, ok
}

// saw adds a sighting. Which are kept depends on nothing but what they say.
func (g *Graph) saw(o *order, s Sighting) {
	n := len(o.seen)
	if n == MaxSeen && g.compareSightings(o.seen[n-1], s) <= 0 {
		return
	}
	at, have := slices.BinarySearchFunc(o.seen, s, g.compareSightings)
	if have {
		return
	}
	if n == MaxSeen {
		o.seen = o.seen[:n-1]
	}
	o.seen = slices.Insert(o.seen, at, s)
}

func (g *Graph) compareSightings(a, b Sighting) int {
	if a.Process != b.Process {
		return strings.Compare(g.processes[a.Process].ID, g.processes[b.Process].ID)
	}
	return cmp.Compare(a.Goroutine, b.Goroutine)
}

func (g *Graph) report(r Report) {
	key := fingerprint(r.Raw)
	have, ok := g.reports[key]
	if !ok {
		slices.Sort(r.Seen)
		r.Seen = slices.Compact(r.Seen)
		g.reports[key] = &r
		return
	}
	if bytes.Compare(r.Raw, have.Raw) < 0 {
		have.Raw = r.Raw
	}
	have.Seen = append(have.Seen, r.Seen...)
	slices.Sort(have.Seen)
	have.Seen = slices.Compact(have.Seen)
}
