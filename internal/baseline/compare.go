package baseline

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Difference is how what was seen compares to what is known.
type Difference struct {
	New    []Order // seen, not known
	Absent []Order // known, not seen
	Moved  int     // seen and known, at other lines
	known  map[string]bool
}

// Known says whether an order that was seen is known, or one that was not seen
// stands in the baseline.
func (d *Difference) Known(o Order) bool { return d.known[o.Key()] }

// Compare finds what is new in the orders seen. Names decide first: an order that
// has the names and places of a known one is that. What is left is matched by
// names alone, at first where the distances between the lines are equal, as when
// a function has moved, then in the order of the lines. So an order that was added
// among others of equal names is new, whichever lines have moved meanwhile.
func Compare(known, seen []Order) *Difference {
	d := &Difference{known: map[string]bool{}}
	left := map[string][]Order{} // by names: known, not matched
	have := map[string]bool{}
	seen = Merge(seen)
	for _, o := range seen {
		have[o.Key()] = true
	}
	for _, o := range Merge(known) {
		d.known[o.Key()] = true
		if !have[o.Key()] {
			left[o.Names()] = append(left[o.Names()], o)
		}
	}
	rest := slices.DeleteFunc(seen, func(o Order) bool { return d.known[o.Key()] })
	for _, same := range []func(a, b Order) bool{
		func(a, b Order) bool { return shape(a) == shape(b) },
		func(Order, Order) bool { return true },
	} {
		rest = slices.DeleteFunc(rest, func(o Order) bool { return d.match(o, left, same) })
	}
	d.New = rest
	for _, orders := range left {
		d.Absent = append(d.Absent, orders...)
	}
	slices.SortFunc(d.Absent, compare)
	return d
}

func (d *Difference) match(o Order, left map[string][]Order, same func(a, b Order) bool) bool {
	candidates := left[o.Names()]
	at := slices.IndexFunc(candidates, func(known Order) bool { return same(known, o) })
	if at < 0 {
		return false
	}
	d.known[o.Key()] = true
	d.Moved++
	left[o.Names()] = slices.Delete(candidates, at, at+1)
	return true
}

// shape is the files and how many lines the places are apart.
func shape(o Order) string {
	var b strings.Builder
	first := -1
	for _, l := range o.Locks {
		if l.Classed {
			continue
		}
		file, line := cut(l.Position)
		if first < 0 {
			first = line
		}
		fmt.Fprintf(&b, "%s %d\n", file, line-first)
	}
	return b.String()
}

// cut takes FILE:LINE apart.
func cut(position string) (file string, line int) {
	colon := strings.LastIndexByte(position, ':')
	if colon < 0 {
		return position, 0
	}
	line, _ = strconv.Atoi(position[colon+1:])
	return position[:colon], line
}
