package lockorder

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/interlock-go/interlock/internal/visible"
)

// maxName bounds what one name may take of a line, and maxQuoted what of a
// name that needs quotes is shown: an escape is up to ten times as long.
const (
	maxName   = 200
	maxQuoted = 60
)

// printable returns s as it may stand in a line of a report: unchanged if
// every rune is visible, else quoted, so that a name cannot start a line of
// its own, colour a terminal or reorder a text.
func printable(s string) string {
	if s == "" {
		return `""`
	}
	if visible.Text(s) != s {
		return strconv.Quote(shorten(s, maxQuoted))
	}
	return shorten(s, maxName)
}

// shorten cuts s between two runes.
func shorten(s string, most int) string {
	if len(s) <= most {
		return s
	}
	for most > 0 && !utf8.RuneStart(s[most]) {
		most--
	}
	return s[:most] + "…"
}

func itoa(n uint64) string { return strconv.FormatUint(n, 10) }

// number is "Mutex #3", the name that every lock has.
func (l Lock) number() string {
	kind := l.Type
	if kind == "" {
		kind = "lock"
	}
	return printable(kind) + " #" + itoa(l.ID)
}

// namer gives the locks of one report their names. A class names its lock
// alone as long as the report has no second lock of that class.
type namer struct {
	many map[string]bool
	// first is where a lock without a class was first locked as far as the
	// report knows; the number alone would tell nobody which lock it is.
	first map[uint64]string
}

func newNamer(r *Report) namer {
	n := namer{many: map[string]bool{}, first: map[uint64]string{}}
	ids := map[string]uint64{}
	byClass := r.byClass()
	see := func(h Hold) {
		if id, seen := ids[h.Lock.Class]; seen && id != h.Lock.ID && !byClass {
			n.many[h.Lock.Class] = true
		}
		ids[h.Lock.Class] = h.Lock.ID
		if _, seen := n.first[h.Lock.ID]; seen {
			return
		}
		if f, ok := h.site(); ok {
			n.first[h.Lock.ID] = f.place()
		}
	}
	all := slices.Concat(r.Edges, r.Knot)
	for _, e := range all {
		for _, h := range e.Held {
			see(h)
		}
	}
	for _, e := range all {
		see(e.Want)
	}
	for _, l := range append(append([]Lock{}, r.Gates...), r.Writers...) {
		see(Hold{Lock: l})
	}
	return n
}

// short names a lock that the text has introduced: "cache.mu" or "Mutex #3".
func (n namer) short(l Lock) string {
	switch {
	case l.Class == "":
		return l.number()
	case n.many[l.Class]:
		return printable(l.Class) + " #" + itoa(l.ID)
	}
	return printable(l.Class)
}

// full introduces a lock: "cache.mu (Mutex #3)".
func (n namer) full(l Lock) string {
	if l.Class == "" {
		return l.number()
	}
	return printable(l.Class) + " (" + l.number() + ")"
}

// sited names a lock in the first line: "cache.mu" or "Mutex #3 (cache.go:42)".
func (n namer) sited(l Lock) string {
	if at, ok := n.first[l.ID]; ok && l.Class == "" {
		return l.number() + " (" + at + ")"
	}
	return n.short(l)
}

// maxListed bounds a list inside a sentence; a ring may have 64 locks.
const maxListed = 4

// list is "a", "a and b", "a, b and c" or "a, b, c, d and 12 more".
func list(names []string) string {
	switch n := len(names); {
	case n == 0:
		return "nothing"
	case n == 1:
		return names[0]
	case n > maxListed+1:
		return strings.Join(names[:maxListed], ", ") + " and " + strconv.Itoa(n-maxListed) + " more"
	default:
		return strings.Join(names[:n-1], ", ") + " and " + names[n-1]
	}
}

// namesOf applies a naming to locks.
func namesOf(locks []Lock, name func(Lock) string) []string {
	names := make([]string, len(locks))
	for i, l := range locks {
		names[i] = name(l)
	}
	return names
}

// byClass tells whether an edge waits for another lock than the next one holds: then
// the cycle is one of classes, and no goroutine has to have met another.
func (r *Report) byClass() bool {
	for i, e := range r.Edges {
		if held, ok := r.next(i).held(); ok && r.Kind == KindInversion && held.Lock.Class != "" &&
			held.Lock.Class == e.Want.Lock.Class && held.Lock.ID != e.Want.Lock.ID {
			return true
		}
	}
	return false
}

// cycleLocks are the locks for which somebody in the cycle waits, each once,
// beginning with what the first edge holds so that "a and b" is the order in
// which the first goroutine takes them. There is at least one if there is an edge.
func (r *Report) cycleLocks() []Lock {
	var locks []Lock
	seen := map[uint64]bool{}
	classes := map[string]bool{"": false}
	byClass := r.byClass()
	add := func(l Lock) {
		if seen[l.ID] || byClass && classes[l.Class] {
			return
		}
		seen[l.ID], classes[l.Class] = true, l.Class != ""
		locks = append(locks, l)
	}
	for _, e := range r.Edges {
		if h, ok := e.held(); ok {
			add(h.Lock)
		}
	}
	for _, e := range r.Edges {
		if e.State == "" || e.Want.Lock.Type != "" {
			add(e.Want.Lock)
		}
	}
	if len(locks) == 0 && len(r.Edges) > 0 {
		add(r.Edges[0].Want.Lock)
	}
	return locks
}
