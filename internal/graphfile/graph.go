package graphfile

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
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

	classes  map[string]struct{}
	declared map[Declaration]struct{}
	reports  map[string]*Report

	key []byte
}

// frame is a Frame, and the number of its position.
type frame struct {
	Frame
	position uint32
}

// hold stands for all that have its class, mode and place. Of their stacks and
// types it has the least, so that the choice depends on nothing but what there is.
type hold struct {
	class, kind, mode string
	stack             []uint32
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
		classes: map[string]struct{}{}, declared: map[Declaration]struct{}{}, reports: map[string]*Report{},
	}
}

// frame is the number of a frame, given as the words of its line.
func (g *Graph) frame(words []byte) (uint32, error) {
	if id, ok := g.frameOf[string(words)]; ok {
		return id, nil
	}
	f, err := parseFrame(words)
	if err != nil {
		return 0, err
	}
	if plain := appendFrame(nil, f); !bytes.Equal(plain, words) { // more quotes than needed
		id, err := g.frame(plain)
		g.frameOf[string(words)] = id
		return id, err
	}
	position, ok := g.positions[f.Position()]
	if !ok {
		position = uint32(len(g.positions))
		g.positions[f.Position()] = position
	}
	id := uint32(len(g.frames))
	g.frames = append(g.frames, frame{f, position})
	g.frameOf[string(words)] = id
	return id, nil
}

// hold is the number of a hold, given as type, mode and class in the words of its
// line and the frames of its stack. The type tells no two apart: a process that has
// met a lock only as a held one does not know it, and guesses.
func (g *Graph) hold(head []byte, stack []uint32) (uint32, error) {
	kind, rest, err := word(head)
	if err != nil {
		return 0, err
	}
	tell := min(len(stack), framesThatTell)
	g.key = append(g.key[:0], byte(tell))
	for _, f := range stack[:tell] {
		g.key = binary.LittleEndian.AppendUint32(g.key, g.frames[f].position)
	}
	g.key = append(g.key, rest...)
	id, ok := g.holdOf[string(g.key)]
	if !ok {
		h, err := parseHold(head, stack)
		if err != nil {
			return 0, err
		}
		if plain := appendHead(nil, h); !bytes.Equal(plain, head) { // more quotes than needed
			return g.hold(plain, stack)
		}
		id = uint32(len(g.holds))
		g.holds = append(g.holds, h)
		g.holdOf[string(g.key)] = id
		return id, nil
	}
	have := &g.holds[id]
	if have.kind != string(kind) {
		said, err := text(kind)
		if err != nil {
			return 0, err
		}
		have.kind = min(have.kind, said)
	}
	if !slices.Equal(have.stack, stack) && g.compareStacks(stack, have.stack) < 0 {
		have.stack = slices.Clone(stack)
	}
	return id, nil
}

func parseHold(head []byte, stack []uint32) (h hold, err error) {
	for _, field := range []*string{&h.kind, &h.mode, &h.class} {
		if *field, head, err = textWord(head); err != nil {
			return h, err
		}
	}
	switch {
	case len(head) > 0:
		return h, errors.New("a hold has more than a type, a mode and a class")
	case h.mode != modeLock && h.mode != modeRLock:
		return h, fmt.Errorf("mode %q is neither Lock nor RLock", h.mode)
	case h.class == "" && len(stack) == 0:
		return h, errors.New("a lock has neither a class nor a place")
	}
	h.stack = slices.Clone(stack)
	return h, nil
}

func (g *Graph) compareStacks(a, b []uint32) int {
	return slices.CompareFunc(a, b, func(a, b uint32) int { return compareFrames(g.frames[a].Frame, g.frames[b].Frame) })
}

func compareFrames(a, b Frame) int {
	return cmp.Or(strings.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), strings.Compare(a.Func, b.Func))
}

// take merges a file that has been read to its end.
func (g *Graph) take(p *part) {
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
	for _, class := range p.classes {
		g.classes[class] = struct{}{}
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
	g.key = g.key[:0]
	for _, h := range holds {
		g.key = binary.LittleEndian.AppendUint32(g.key, h)
	}
	id, ok := g.orderOf[string(g.key)]
	if !ok {
		id = uint32(len(g.orders))
		g.orderOf[string(g.key)] = id
		g.orders = append(g.orders, order{holds: slices.Clone(holds)})
	}
	o := &g.orders[id]
	for _, s := range seen {
		g.saw(o, s)
	}
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
