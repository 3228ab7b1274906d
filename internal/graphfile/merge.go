package graphfile

import (
	"bufio"
	"errors"
	"io"
	"os"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
)

// readBuffer is how much of a file is read at once.
const readBuffer = 256 << 10

// Merge reads files into one Graph, some at once. A file is taken whole or not at
// all: for each that cannot be read there is an error that names it and its line,
// joined into the one returned, and the Graph has the others.
func Merge(files ...string) (*Graph, error) {
	workers := max(1, min(runtime.GOMAXPROCS(0), len(files)))
	graphs := make([]*Graph, workers)
	errs := make([]error, len(files))
	var next atomic.Int64
	var all sync.WaitGroup
	for w := range graphs {
		graphs[w] = NewGraph()
		all.Go(func() {
			a := newAdder(graphs[w])
			for i := int(next.Add(1)) - 1; i < len(files); i = int(next.Add(1)) - 1 {
				errs[i] = a.addFile(files[i])
			}
		})
	}
	all.Wait()
	for _, g := range graphs[1:] {
		graphs[0].Join(g)
	}
	return graphs[0], errors.Join(errs...)
}

// Add merges one more file, whose name is for errors, or on an error leaves g as
// it was.
func (g *Graph) Add(in io.Reader, name string) error { return newAdder(g).add(in, name) }

// adder adds files to a graph, one after the other.
type adder struct {
	part part
	in   *bufio.Reader
}

func newAdder(g *Graph) *adder {
	return &adder{part: part{graph: g}, in: bufio.NewReaderSize(nil, readBuffer)}
}

func (a *adder) addFile(name string) error {
	file, err := os.Open(name)
	if err != nil {
		return err
	}
	defer file.Close()
	return a.add(file, name)
}

func (a *adder) add(in io.Reader, name string) error {
	a.in.Reset(in)
	a.part.reset()
	l := lines{in: a.in, name: name}
	for {
		switch err := l.next(&a.part); err {
		case nil:
		case io.EOF:
			a.part.graph.take(&a.part)
			return nil
		default:
			return err
		}
	}
}

// Join merges another graph into g.
func (g *Graph) Join(other *Graph) {
	numbers := make([]int, len(other.processes))
	for i, p := range other.processes {
		numbers[i] = g.process(p)
	}
	moved := func(seen []int) []int {
		here := make([]int, len(seen))
		for i, n := range seen {
			here[i] = numbers[n]
		}
		return here
	}
	holds := g.joinHolds(other)
	var ids []uint32
	for _, o := range other.orders {
		ids = ids[:0]
		for _, h := range o.holds {
			ids = append(ids, holds[h])
		}
		seen := slices.Clone(o.seen)
		for i := range seen {
			seen[i].Process = numbers[seen[i].Process]
		}
		g.order(ids, seen)
	}
	for name, single := range other.classes {
		g.class(class{name, single})
	}
	for d := range other.declared {
		g.declared[d] = struct{}{}
	}
	for _, r := range other.reports {
		g.report(Report{Raw: r.Raw, Seen: moved(r.Seen)})
	}
}

// joinHolds returns g's numbers for the holds of another graph.
func (g *Graph) joinHolds(other *Graph) []uint32 {
	frames := make([]uint32, len(other.frames))
	var line []byte
	for i, f := range other.frames {
		line = appendFrame(line[:0], f.Frame)
		frames[i], _ = g.frame(line) // what was written can be read
	}
	holds := make([]uint32, len(other.holds))
	var stack []uint32
	for i, h := range other.holds {
		stack = stack[:0]
		for _, f := range h.stack {
			stack = append(stack, frames[f])
		}
		holds[i], _ = g.hold(appendHead(line[:0], h), stack)
	}
	return holds
}

// appendHead writes the words by which a hold is known.
func appendHead(b []byte, h hold) []byte {
	b = appendWord(b, h.kind)
	b = appendWord(append(b, ' '), h.mode)
	return appendWord(append(b, ' '), h.class)
}
