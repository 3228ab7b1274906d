package lockorder

import (
	"strings"
	"sync"
)

// Match selects findings. It is an argument of [Ignore], and an option of
// [Find], [VerifyNone] and [VerifyTestMain], which then leave out what it selects.
type Match struct {
	matches func(*Report) bool
}

// InFunc selects findings with a function on one of their stacks. The name is
// that of a stack trace, with or without the path of its package, and may end
// in * to stand for all that begin so: "cache.(*Cache).Put", "cache.*",
// "example.com/svc/legacy*".
func InFunc(name string) Match {
	prefix, open := strings.CutSuffix(name, "*")
	fits := func(f string) bool { return f == name || open && strings.HasPrefix(f, prefix) }
	return onStack(func(f Frame) bool { return fits(f.Func) || fits(f.Func[lastSlash(f.Func)+1:]) })
}

// InFile selects findings with a file on one of their stacks. The pattern is
// the end of its path or, with a slash at its end, a folder on it:
// "cache/put.go", "internal/legacy/".
func InFile(pattern string) Match {
	pattern = "/" + strings.TrimPrefix(pattern, "/")
	return onStack(func(f Frame) bool {
		file := "/" + strings.TrimPrefix(strings.ReplaceAll(f.File, `\`, "/"), "/")
		if strings.HasSuffix(pattern, "/") {
			return strings.Contains(file, pattern)
		}
		return strings.HasSuffix(file, pattern)
	})
}

// OfClass selects findings in whose cycle a lock of the class takes part.
func OfClass(c *Class) Match {
	return Match{func(r *Report) bool {
		for _, l := range r.cycleLocks() {
			if c != nil && l.Class == c.name {
				return true
			}
		}
		return false
	}}
}

// WithID selects the finding with an ID, as the last line of its text says it.
// An ID lasts as long as the program's text: it is for the day, not for the year.
func WithID(id string) Match {
	return Match{func(r *Report) bool { return r.ID == id }}
}

// OfTier selects findings of a tier, to be combined with others.
func OfTier(t Tier) Match {
	return Match{func(r *Report) bool { return r.Tier == t }}
}

func onStack(fits func(Frame) bool) Match {
	return Match{func(r *Report) bool {
		for _, e := range r.Edges {
			for _, h := range append(e.Held[:len(e.Held):len(e.Held)], e.Want) {
				for _, f := range h.Stack {
					if fits(f) {
						return true
					}
				}
			}
		}
		return false
	}}
}

// rules is a list of conjunctions of matches.
type rules [][]Match

func (rs rules) match(r *Report) bool {
	for _, all := range rs {
		if matchAll(all, r) {
			return true
		}
	}
	return false
}

func matchAll(all []Match, r *Report) bool {
	for _, m := range all {
		if m.matches == nil || !m.matches(r) {
			return false
		}
	}
	return len(all) > 0
}

var ignored struct {
	mu    sync.Mutex
	rules rules
}

// Ignore silences the findings that all of the matches select: they reach no
// handler, are not printed and fail no test, those made before it included.
// [Snapshot] still lists them. Several calls silence what any of them selects.
// Ignore without a match silences nothing.
func Ignore(matches ...Match) {
	ignored.mu.Lock()
	defer ignored.mu.Unlock()
	ignored.rules = append(ignored.rules, append([]Match(nil), matches...))
}

// silenced reports whether an Ignore covers the finding. Readers share the
// list: it only grows, and a slice of it never changes.
func silenced(r *Report) bool {
	ignored.mu.Lock()
	rs := ignored.rules
	ignored.mu.Unlock()
	return rs.match(r)
}
