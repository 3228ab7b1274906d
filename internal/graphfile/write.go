package graphfile

import (
	"bufio"
	"cmp"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Processes returns who has written the graph, sorted by ID. The other methods'
// results refer to processes by their index here.
func (g *Graph) Processes() []Process {
	return slices.SortedFunc(slices.Values(g.processes), compareProcesses)
}

// places maps the numbers of processes to their indices in Processes.
func (g *Graph) places() []int {
	numbers := make([]int, len(g.processes))
	for i := range numbers {
		numbers[i] = i
	}
	slices.SortFunc(numbers, func(a, b int) int { return compareProcesses(g.processes[a], g.processes[b]) })
	places := make([]int, len(numbers))
	for place, n := range numbers {
		places[n] = place
	}
	return places
}

// Len is the number of different orders.
func (g *Graph) Len() int { return len(g.orders) }

// Orders returns the different orders, sorted by their names and places.
func (g *Graph) Orders() []Order {
	holds := make([]Hold, len(g.holds))
	for i, h := range g.holds {
		holds[i] = Hold{Class: h.class, Type: h.kind, Mode: h.mode}
		for _, f := range h.stack {
			holds[i].Site = append(holds[i].Site, g.frames[f].Frame)
		}
	}
	places := g.places()
	orders := make([]Order, 0, len(g.orders))
	for _, i := range g.sorted(holds) {
		var o Order
		last := len(g.orders[i].holds) - 1
		for _, h := range g.orders[i].holds[:last] {
			o.Held = append(o.Held, holds[h])
		}
		o.Want = holds[g.orders[i].holds[last]]
		for _, s := range g.orders[i].seen {
			o.Seen = append(o.Seen, Sighting{places[s.Process], s.Goroutine})
		}
		orders = append(orders, o)
	}
	return orders
}

// sorted are the numbers of the orders as they are to be listed.
func (g *Graph) sorted(holds []Hold) []uint32 {
	byName := make([]uint32, len(holds))
	names := make([]string, len(holds))
	for i, h := range holds {
		byName[i], names[i] = uint32(i), h.Name()
	}
	slices.SortFunc(byName, func(a, b uint32) int {
		x, y := holds[a], holds[b]
		return cmp.Or(strings.Compare(names[a], names[b]), strings.Compare(x.Mode, y.Mode),
			slices.CompareFunc(x.Site, y.Site, compareFrames), strings.Compare(x.Type, y.Type))
	})
	rank := make([]uint32, len(holds))
	for i, h := range byName {
		rank[h] = uint32(i)
	}
	byHolds := make([]uint32, len(g.orders))
	for i := range byHolds {
		byHolds[i] = uint32(i)
	}
	slices.SortFunc(byHolds, func(a, b uint32) int {
		return slices.CompareFunc(g.orders[a].holds, g.orders[b].holds, func(x, y uint32) int { return cmp.Compare(rank[x], rank[y]) })
	})
	return byHolds
}

// Reports returns the different findings, sorted by what tells them apart.
func (g *Graph) Reports() []Report {
	places := g.places()
	reports := make([]Report, 0, len(g.reports))
	for _, key := range slices.Sorted(maps.Keys(g.reports)) {
		r := Report{Raw: g.reports[key].Raw}
		for _, n := range g.reports[key].Seen {
			r.Seen = append(r.Seen, places[n])
		}
		slices.Sort(r.Seen)
		reports = append(reports, r)
	}
	return reports
}

// Classes returns the names of the classes that were declared or have a lock in
// an order, sorted.
func (g *Graph) Classes() []string {
	all := maps.Clone(g.classes)
	for _, h := range g.holds {
		if h.class != "" {
			all[h.class] = true
		}
	}
	return slices.Sorted(maps.Keys(all))
}

// Single tells whether each process has one lock of the class: it is a package's variable.
func (g *Graph) Single(class string) bool { return g.classes[class] }

// Declared returns the declared orders of classes, sorted.
func (g *Graph) Declared() []Declaration {
	return slices.SortedFunc(maps.Keys(g.declared), func(a, b Declaration) int {
		return cmp.Or(strings.Compare(a.Before, b.Before), strings.Compare(a.After, b.After))
	})
}

// Locks is how many locks the processes named in orders, each instance once.
func (g *Graph) Locks() int {
	n := 0
	for _, p := range g.processes {
		n += p.Locks
	}
	return n
}

// WriteTo writes g as one file, which can be merged again. Equal graphs give
// equal files.
func (g *Graph) WriteTo(out io.Writer) (int64, error) {
	w := &counted{out: bufio.NewWriter(out)}
	var b []byte
	b = append(strconv.AppendInt(append(b, magic...), Version, 10), '\n')
	for _, p := range g.Processes() {
		b = appendProcess(b, p)
	}
	for _, name := range slices.Sorted(maps.Keys(g.classes)) {
		b = append(append(b, classKind(g.classes[name])...), ' ')
		b = append(appendWord(b, name), '\n')
	}
	for _, d := range g.Declared() {
		b = appendWord(append(b, "declare "...), d.Before)
		b = append(appendWord(append(b, ' '), d.After), '\n')
	}
	w.write(b)
	for _, o := range g.Orders() {
		w.write(appendOrder(b[:0], o))
	}
	for _, r := range g.Reports() {
		b = append(append(append(b[:0], "report "...), r.Raw...), "\nby"...)
		for _, n := range r.Seen {
			b = strconv.AppendInt(append(b, ' '), int64(n), 10)
		}
		w.write(append(b, '\n'))
	}
	if w.err == nil {
		w.err = w.out.Flush()
	}
	return w.n, w.err
}

func appendOrder(b []byte, o Order) []byte {
	b = append(b, "order\n"...)
	for _, h := range o.Held {
		b = appendBlockHold(b, "\theld ", h)
	}
	b = appendBlockHold(b, "\twant ", o.Want)
	b = append(b, "\tseen"...)
	for _, s := range o.Seen {
		b = strconv.AppendInt(append(b, ' '), int64(s.Process), 10)
		b = strconv.AppendUint(append(b, '/'), s.Goroutine, 10)
	}
	return append(b, '\n')
}

func appendBlockHold(b []byte, kind string, h Hold) []byte {
	b = appendWord(append(b, kind...), h.Class)
	b = appendWord(append(b, ' '), h.Type)
	b = append(appendWord(append(b, ' '), h.Mode), '\n')
	for _, f := range h.Site {
		b = append(appendFrame(append(b, "\t\tat "...), f), '\n')
	}
	return b
}

// counted remembers the first error, and what was written before it.
type counted struct {
	out *bufio.Writer
	n   int64
	err error
}

func (w *counted) write(b []byte) {
	if w.err != nil {
		return
	}
	var n int
	n, w.err = w.out.Write(b)
	w.n += int64(n)
}
