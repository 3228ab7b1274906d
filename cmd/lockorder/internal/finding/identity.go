package finding

import (
	"crypto/sha256"
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/interlock-go/interlock/internal/baseline"
	"github.com/interlock-go/interlock/internal/graphfile"
	"github.com/interlock-go/interlock/lockorder"
)

// identify gives each finding an ID that lasts: unlike the library's own, which
// is of addresses, it is the same in another build, on another machine and after
// lines have moved, so that it can stand in a baseline. It is made of the tier,
// the kind and the names in the cycle, see [baseline.NameOf]. Findings that have
// all of these in common are numbered as they are listed.
func identify(found List) {
	times := map[string]int{}
	for i := range found {
		id := Identity(&found[i])
		times[id]++
		if n := times[id]; n > 1 {
			id = fmt.Sprintf("%s-%d", id, n)
		}
		found[i].Report.ID = id
	}
}

func Identity(f *Finding) string {
	r := &f.Report
	parts := []string{}
	for _, e := range r.Edges {
		part := wordOf(e.Want)
		if e.Via >= 0 && e.Via < len(e.Held) {
			part = wordOf(e.Held[e.Via]) + " > " + part
		} else if len(r.Edges) == 1 {
			for _, h := range e.Held { // what is held at a wait, or at the end
				part = wordOf(h) + " > " + part
			}
		}
		parts = append(parts, part)
	}
	slices.Sort(parts) // wherever the cycle begins
	sum := sha256.Sum256([]byte(r.Tier.String() + "\n" + string(r.Kind) + "\n" + strings.Join(parts, "\n") + f.Unread))
	return fmt.Sprintf("%x", sum[:6])
}

func wordOf(h lockorder.Hold) string {
	return baseline.NameOf(FileHold(h)) + " " + FileHold(h).Mode
}

// FileHold is a report's hold as a graph file has it.
func FileHold(h lockorder.Hold) graphfile.Hold {
	out := graphfile.Hold{Class: h.Lock.Class, Type: h.Lock.Type, Mode: "Lock"}
	if h.Read {
		out.Mode = "RLock"
	}
	for _, f := range h.Stack {
		out.Site = append(out.Site, graphfile.Frame(f))
	}
	return out
}

// OrderOf is a report's edge as a graph file has it.
func OrderOf(e lockorder.Edge) graphfile.Order {
	o := graphfile.Order{Want: FileHold(e.Want)}
	for _, h := range e.Held {
		o.Held = append(o.Held, FileHold(h))
	}
	return o
}

// Holds are all locks of a report, held and wanted.
func Holds(r lockorder.Report) iter.Seq[lockorder.Hold] {
	return func(yield func(lockorder.Hold) bool) {
		for _, e := range r.Edges {
			for _, h := range e.Held {
				if !yield(h) {
					return
				}
			}
			if !yield(e.Want) {
				return
			}
		}
	}
}
