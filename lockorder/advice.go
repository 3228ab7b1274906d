package lockorder

import "fmt"

// advise lists what to change, the best first.
func (r *Report) advise(n namer) []Advice {
	if len(r.Edges) == 0 {
		return nil
	}
	switch {
	case r.Tier == Hazard:
		return r.adviseHazard(n)
	case r.Kind == KindClassNesting:
		return r.adviseNesting(n)
	case r.Kind == KindDeclaredOrder:
		return []Advice{
			{CircularWait, reorder(r.Edges[0], n)},
			{Text: "If this order is right and the declaration is not, change the call of lockorder.Order."},
		}
	case r.Kind == KindSelf:
		return r.adviseSelf(n)
	case r.throughWaits():
		return r.adviseWaits(n)
	case r.Tier == Guarded:
		return []Advice{
			{"", "Nothing has to change. Write the gate down where the locks are declared."},
			{CircularWait, "To do without the gate, take the locks in one order. " + r.reorderOne(n)},
		}
	case r.Tier == Ordered:
		return []Advice{
			{CircularWait, "Nothing has to change as long as that stays so. To be safe, take the locks in one order. " + r.reorderOne(n)},
		}
	}
	return r.adviseCycle(n)
}

func (r *Report) adviseCycle(n namer) []Advice {
	locks := r.cycleLocks()
	if len(locks) == 1 {
		return []Advice{{HoldAndWait, oneRead(r.reader(), n)}}
	}
	advice := []Advice{{CircularWait, "Take the locks in one order everywhere. " + r.reorderOne(n)}}
	if class := locks[0].Class; class != "" && n.many[class] && allOf(class, locks) {
		advice = []Advice{{CircularWait, fmt.Sprintf("Locks of one class need an order among themselves. Take the lower one first, "+
			"and say what lower means: lockorder.NewClass(%q, lockorder.NestByAddress) or lockorder.NestByRank. %s", class, r.reorderOne(n))}}
	}
	if !r.onlyLocks(locks) {
		return append(advice, Advice{HoldAndWait, r.letGo(locks, n)})
	}
	advice = append(advice,
		Advice{HoldAndWait, fmt.Sprintf("Take all of them at once with mutex.LockAll(ctx, …), or unlock %s before asking for %s, or ask by TryLock and let go of everything if it fails.",
			n.short(locks[0]), n.short(r.Edges[0].Want.Lock))},
		Advice{NoPreemption, "Ask with mutex.LockContext: instead of closing the ring it returns a *lockorder.DeadlockError; unlock and try again."})
	if r.Tier != Deadlock {
		advice = append(advice, Advice{CircularWait, "Let every one of these goroutines lock one more lock, a gate, before its first."})
	}
	return advice
}

// letGo is the way out where not all in the cycle are locks that can be taken
// at once or asked for with a context.
func (r *Report) letGo(locks []Lock, n namer) string {
	for _, l := range locks {
		if l.Type == "Once" {
			return "Keep locks that others hold while they call " + n.short(l) + " out of the function that it runs, or call it before locking."
		}
	}
	return "Unlock before waiting on what is no lock, and lock again afterwards."
}

// reader is the edge of a one-lock cycle that locks for reading twice.
func (r *Report) reader() Edge {
	for _, e := range r.Edges {
		if len(e.Held) > 0 {
			return e
		}
	}
	return r.Edges[0]
}

func (r *Report) onlyLocks(locks []Lock) bool {
	for _, l := range locks {
		if l.Type != "Mutex" && l.Type != "RWMutex" {
			return false
		}
	}
	return true
}

func (r *Report) adviseSelf(n namer) []Advice {
	e := r.Edges[0]
	held, _ := e.held()
	if held.Read && e.Want.Read {
		return []Advice{{HoldAndWait, oneRead(e, n)}}
	}
	if held.Read {
		return []Advice{{HoldAndWait, fmt.Sprintf("Unlock the read lock taken at %s before the lock at %s, and check again afterwards what was read: "+
			"another writer may have been first. Or lock for writing from the start.", at(held), at(e.Want))}}
	}
	if m, ok := findMove(held, e.Want); ok && m.direct {
		return []Advice{{HoldAndWait, fmt.Sprintf("Take %s once: %s has it since the lock at %s. Take away the lock at %s, or unlock before it.",
			n.short(e.Want.Lock), m.ask.short(), at(held), at(e.Want))}}
	}
	return []Advice{{HoldAndWait, fmt.Sprintf("Take %s once. Split the function that locks at %s in two: one that locks and calls the other, "+
		"and one that expects the lock held (mutex.AssertHeld says so) and is called from here.%s", n.short(e.Want.Lock), at(e.Want), calledFrom(held, e.Want))}}
}

func oneRead(e Edge, n namer) string {
	held, ok := e.held()
	if !ok && len(e.Held) > 0 {
		held = e.Held[0]
	}
	return fmt.Sprintf("Read-lock %s once, at %s, and take away the read lock at %s: what runs there already has it.%s",
		n.short(e.Want.Lock), at(held), at(e.Want), calledFrom(held, e.Want))
}

func calledFrom(held, want Hold) string {
	m, ok := findMove(held, want)
	if !ok || m.direct {
		return ""
	}
	return fmt.Sprintf(" The call that leads there is at %s in %s.", m.ask.place(), m.ask.short())
}

func (r *Report) adviseNesting(n namer) []Advice {
	e := r.Edges[0]
	held, _ := e.held()
	breaks, first := CircularWait, "Take the two locks in the order that the class asks for."
	switch r.Rule {
	case NestNone.String():
		breaks, first = HoldAndWait, fmt.Sprintf("Unlock %s, locked at %s, before asking for %s at %s.",
			n.short(held.Lock), at(held), n.short(e.Want.Lock), at(e.Want))
	case NestByAddress.String():
		first = fmt.Sprintf("Compare the addresses of the two before the lock at %s, and lock the lower first. mutex.LockAll does that by itself.", at(held))
	case NestByRank.String():
		first = fmt.Sprintf("Compare the ranks of the two before the lock at %s, and lock the lower first.", at(held))
	}
	return []Advice{
		{breaks, first},
		{Text: "If this nesting is right, give lockorder.NewClass the rule that allows it: NestByAddress, NestByRank or NestAny."},
	}
}

func (r *Report) adviseHazard(n namer) []Advice {
	e := r.Edges[0]
	switch {
	case r.Kind == KindWaitHolding && len(e.Held) > 0:
		return []Advice{{HoldAndWait, fmt.Sprintf("Unlock %s before the wait at %s.", n.short(e.Held[len(e.Held)-1].Lock), at(e.Want))}}
	case r.Kind == KindHeldAtExit && len(e.Held) > 0:
		return []Advice{{Text: fmt.Sprintf("Write defer %s right after the lock at %s, unless another goroutine unlocks it.", unlockOf(e.Held[0]), at(e.Held[0]))}}
	case r.Kind == KindLongWait && len(r.Edges) > 1:
		if held, ok := r.Edges[1].held(); ok {
			return []Advice{{HoldAndWait, fmt.Sprintf("Keep what can block out of the section that begins at %s.", at(held))}}
		}
	}
	return nil
}

func unlockOf(h Hold) string {
	if h.Read {
		return "RUnlock"
	}
	return "Unlock"
}
