// Package baseline reads, writes and compares the file in which a project commits
// the lock orders that it is known to take.
//
//	lockorder-baseline 1
//	declare user session
//	suppress 0a1b2c3d4e5f until 2027-03-31 because shutdown runs alone
//	order user Lock > session RLock
//		example.com/app/user.go:12 > example.com/app/session.go:40
//
// An order has a line of names and modes, what is held before the ">" and what is
// asked for behind it, and a line of places. The names tell an order: a declared
// class, or else the function that locks it, behind "lock@". The places tell
// apart orders of equal names, and only where a lock has no class; so an order is
// known again after its lines have moved, see [Compare].
//
// The declare and suppress lines are written by hand: an order of two classes
// that must be kept, and a finding that does not fail until a day, with a reason.
// Lines that begin with # are comments.
package baseline

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/interlock-go/interlock/internal/graphfile"
)

// File is a baseline.
type File struct {
	Comments   []string // with their #, to be kept
	Declared   []Declaration
	Suppressed []Suppression
	Orders     []Order // sorted, each once
}

// Declaration is an order of two classes that must be kept.
type Declaration struct {
	graphfile.Declaration
	Line int // in the file
}

// Suppression keeps a finding from failing, up to and including a day.
type Suppression struct {
	ID, Reason string
	Until      time.Time // midnight UTC at the day's beginning
	Line       int       // in the file
}

// Expired says whether the suppression's day is over, in UTC.
func (s Suppression) Expired(now time.Time) bool { return !now.Before(s.Until.AddDate(0, 0, 1)) }

// Order is a lock order: what was held, in order of acquisition, and last what
// was asked for.
type Order struct {
	Locks []Lock
	Line  int // in the file
}

// Lock is a lock in an order.
type Lock struct {
	Name     string
	Mode     string // "Lock" or "RLock"
	Position string // FILE:LINE, of one place if the name is a class
	Classed  bool   // the name is that of a class
}

// NameOf is how the lock of a hold is known in a baseline: by its declared class,
// else by the function that locks it, "lock@example.com/bank.(*Account).Move". Lines
// are not in it, because they move.
func NameOf(h graphfile.Hold) string {
	if h.Class != "" {
		return h.Class
	}
	return graphfile.Placed + site(h).Func
}

// site is the frame that a reader looks for: package sync's Cond and Locker lock
// for somebody.
func site(h graphfile.Hold) graphfile.Frame {
	for _, f := range h.Site {
		if !strings.HasPrefix(f.Func, "sync.") {
			return f
		}
	}
	if len(h.Site) > 0 {
		return h.Site[0]
	}
	return graphfile.Frame{Func: "?", File: "?"}
}

// OrderOf makes the order of a baseline of one of a graph.
func OrderOf(o graphfile.Order) Order {
	var out Order
	for _, h := range append(slices.Clone(o.Held), o.Want) {
		out.Locks = append(out.Locks, Lock{NameOf(h), h.Mode, site(h).Position(), h.Class != ""})
	}
	return out
}

// Names is the line of names: what the order is known by.
func (o Order) Names() string {
	var b strings.Builder
	for i, l := range o.Locks {
		if i == len(o.Locks)-1 {
			b.WriteString("> ")
		}
		name := quoted(l.Name)
		if l.Classed && placed(l.Name) {
			name = strconv.Quote(l.Name)
		}
		b.WriteString(name + " " + l.Mode)
		if i < len(o.Locks)-1 {
			b.WriteByte(' ')
		}
	}
	return b.String()
}

// Places is the line of positions.
func (o Order) Places() string {
	var b strings.Builder
	for i, l := range o.Locks {
		if i == len(o.Locks)-1 {
			b.WriteString("> ")
		}
		b.WriteString(quoted(l.Position))
		if i < len(o.Locks)-1 {
			b.WriteByte(' ')
		}
	}
	return b.String()
}

// Key is equal for orders that are one in a baseline: equal names, and equal
// places of the locks without a class.
func (o Order) Key() string {
	var b strings.Builder
	b.WriteString(o.Names())
	for _, l := range o.Locks {
		if !l.Classed {
			b.WriteString("\n" + l.Position)
		}
	}
	return b.String()
}

// Classes are the classes that the order names.
func (o Order) Classes() []string {
	var names []string
	for _, l := range o.Locks {
		if l.Classed {
			names = append(names, l.Name)
		}
	}
	return names
}

// Merge sorts orders and leaves each once, with the least places.
func Merge(orders []Order) []Order {
	sorted := slices.SortedFunc(slices.Values(orders), compare)
	return slices.CompactFunc(sorted, func(a, b Order) bool { return a.Key() == b.Key() })
}

// compare sorts orders so that those of one [Order.Key] lie together: what is in the
// key goes first.
func compare(a, b Order) int {
	key := func(x, y Lock) int {
		switch {
		case x.Classed != y.Classed:
			return strings.Compare(kindOf(x), kindOf(y))
		case x.Classed:
			return 0
		}
		return comparePositions(x.Position, y.Position)
	}
	rest := func(x, y Lock) int { return comparePositions(x.Position, y.Position) }
	return cmp.Or(strings.Compare(a.Names(), b.Names()),
		slices.CompareFunc(a.Locks, b.Locks, key), slices.CompareFunc(a.Locks, b.Locks, rest))
}

func kindOf(l Lock) string {
	if l.Classed {
		return "class"
	}
	return "place"
}

// comparePositions sorts lines as numbers.
func comparePositions(a, b string) int {
	aFile, aLine := cut(a)
	bFile, bLine := cut(b)
	return cmp.Or(strings.Compare(aFile, bFile), cmp.Compare(aLine, bLine), strings.Compare(a, b))
}
