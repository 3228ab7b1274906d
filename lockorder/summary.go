package lockorder

import "fmt"

// summary forms the one sentence of the first line.
func (r *Report) summary(n namer) string {
	if len(r.Edges) == 0 {
		return "a finding without a goroutine"
	}
	switch r.Kind {
	case KindSelf:
		return r.summarizeSelf(n)
	case KindRing:
		if r.throughWaits() {
			return r.summarizeWaits(n)
		}
		return r.summarizeRing(n)
	case KindInversion:
		return r.summarizeInversion(n)
	case KindDeclaredOrder, KindClassNesting:
		return r.summarizeViolation(n)
	}
	return r.summarizeHazard(n)
}

func (r *Report) summarizeSelf(n namer) string {
	e := r.Edges[0]
	held, _ := e.held()
	lock := n.sited(e.Want.Lock)
	if r.Tier == NeedsWriter || held.Read && e.Want.Read {
		return lock + " is locked for reading twice by one goroutine, which deadlocks as soon as another asks to write in between"
	}
	act := fmt.Sprintf("goroutine %d waits for itself: it holds %s", e.Goroutine, lock)
	if r.Refused {
		act = fmt.Sprintf("goroutine %d was refused a lock for which it would wait for itself: it holds %s", e.Goroutine, lock)
	} else if r.Tier != Deadlock {
		act = fmt.Sprintf("a goroutine can come to wait for itself: it holds %s", lock)
	}
	return act + selfTail(held.Read, e.Want.Read)
}

func selfTail(held, want bool) string {
	switch {
	case held:
		return " for reading and asks to write"
	case want:
		return " for writing and asks to read"
	}
	return " and locks it again"
}

func (r *Report) summarizeRing(n namer) string {
	through := list(namesOf(r.cycleLocks(), n.sited))
	size := len(r.Edges)
	if r.Refused {
		return fmt.Sprintf("a LockContext was refused: its wait would have closed a ring of %d goroutines through %s", size, through)
	}
	if size == 2 {
		return fmt.Sprintf("goroutines %d and %d wait for each other, through %s, and will never go on",
			r.Edges[0].Goroutine, r.Edges[1].Goroutine, through)
	}
	return fmt.Sprintf("%d goroutines wait for one another in a ring, through %s, and will never go on", size, through)
}

func (r *Report) summarizeInversion(n namer) string {
	locks := r.cycleLocks()
	what := r.entangled(locks, n)
	switch r.Tier {
	case NeedsWriter:
		return what + ", which deadlocks as soon as somebody locks " + list(namesOf(r.Writers, n.sited)) + " for writing"
	case Guarded:
		return what + ", but always with " + list(namesOf(r.Gates, n.sited)) + " held, which keeps the goroutines apart"
	case Ordered:
		if r.phased() {
			return what + ", but in phases that never run at once"
		}
		return what + ", but by one goroutine only"
	}
	if len(r.Edges) == 2 {
		return what + ", so that two goroutines can come to wait for each other forever"
	}
	return fmt.Sprintf("%s, so that %d goroutines can come to wait for one another forever", what, len(r.Edges))
}

// entangled says how the locks of an inversion are taken.
func (r *Report) entangled(locks []Lock, n namer) string {
	names := list(namesOf(locks, n.sited))
	if class := locks[0].Class; class != "" && n.many[class] && allOf(class, locks) {
		names += " of class " + printable(class)
	}
	switch {
	case len(locks) == 1:
		return names + " is locked for reading twice by one goroutine while another writes"
	case len(locks) == 2:
		return names + " are locked in both orders"
	}
	return names + " are locked in orders that form a circle"
}

func allOf(class string, locks []Lock) bool {
	for _, l := range locks {
		if l.Class != class {
			return false
		}
	}
	return true
}

// phased tells a cycle across phases from one inside a single goroutine.
func (r *Report) phased() bool {
	for _, e := range r.Edges {
		if e.Phase != r.Edges[0].Phase {
			return true
		}
	}
	return false
}

func (r *Report) summarizeViolation(n namer) string {
	e := r.Edges[0]
	held, _ := e.held()
	both := fmt.Sprintf("%s is asked for while %s is held", n.sited(e.Want.Lock), n.sited(held.Lock))
	switch {
	case r.Kind == KindDeclaredOrder && r.Rule != "":
		return both + ", against the declared order " + r.Rule
	case r.Kind == KindDeclaredOrder:
		return both + ", against a declared order"
	case r.Rule != "":
		return both + ", against the rule of class " + printable(held.Lock.Class) + ", " + r.Rule
	}
	return both + ", against the rule of class " + printable(held.Lock.Class)
}

func (r *Report) summarizeHazard(n namer) string {
	e := r.Edges[0]
	switch {
	case r.Kind == KindHeldAtExit && len(e.Held) > 0:
		return fmt.Sprintf("goroutine %d has finished, and %s, which it locked, is still held", e.Goroutine, n.sited(e.Held[0].Lock))
	case r.Kind == KindLongWait && len(r.Edges) > 1:
		return fmt.Sprintf("goroutine %d is %s for %s, whose holder, goroutine %d, is %s",
			e.Goroutine, printable(e.State), n.sited(e.Want.Lock), r.Edges[1].Goroutine, standing(r.Edges[1].State))
	case r.Kind == KindWaitHolding:
		var held []string
		for _, h := range e.Held {
			held = append(held, n.sited(h.Lock))
		}
		return fmt.Sprintf("goroutine %d waits on %s with %s held", e.Goroutine, n.sited(e.Want.Lock), list(held))
	}
	return fmt.Sprintf("goroutine %d has %s to do with %s", e.Goroutine, printable(string(r.Kind)), n.sited(e.Want.Lock))
}

// standing puts a goroutine state of the runtime's into a sentence.
func standing(state string) string {
	if state == "" || state == stateGone {
		return stateGone
	}
	return "blocked in " + printable(state)
}

// stateGone is the State of a holder that has finished.
const stateGone = "gone"
