package lockorder

import "strings"

// why explains what the goroutines wait for, and names the Coffman condition
// on which it turns.
func (r *Report) why(n namer) (Condition, string) {
	switch {
	case len(r.Edges) == 0:
		return "", ""
	case r.Tier == Hazard:
		return "", r.whyHazard(n)
	case r.Tier == Violation:
		return CircularWait, "A declared order is a promise that keeps circles from forming: as long as everybody takes " +
			"the locks in it, no goroutine can wait for one that waits for it. This goroutine broke it. " +
			"No circle has been seen yet."
	case r.Kind == KindSelf:
		return r.whySelf()
	case r.throughWaits():
		return r.whyWaits(n)
	case r.Tier == Guarded:
		return CircularWait, "Each of these goroutines asks for a lock that the next one takes first, which makes a circle. " +
			"But all of them hold " + list(namesOf(r.Gates, n.full)) + " at that time, so only one of them is inside at once " +
			"and the circle cannot close. It becomes a deadlock on the day when one of them stops taking that gate first."
	case r.Tier == Ordered:
		return CircularWait, r.whyOrdered()
	}
	return r.whyCycle(n)
}

func (r *Report) whySelf() (Condition, string) {
	e := r.Edges[0]
	held, _ := e.held()
	switch {
	case held.Read && e.Want.Read:
		return HoldAndWait, "A waiting writer goes before readers that come after it. If one asks between the two read locks, " +
			"the second read lock waits for the writer, and the writer waits for the first. " +
			"Nobody who writes has been seen to do so in that place yet."
	case held.Read:
		return HoldAndWait, "A read lock cannot be turned into a write lock: the writer waits until all readers have left, " +
			"and this goroutine is one of them."
	}
	return HoldAndWait, "Go's locks do not know who owns them and cannot be taken twice: " +
		"the second call waits for an unlock that only this goroutine could do."
}

func (r *Report) whyOrdered() string {
	const circle = "The orders above make a circle, but "
	if r.phased() {
		return circle +
			"they were seen in different phases, which the program declares never to run at once. " +
			"It becomes a deadlock on the day when work of one phase runs in another."
	}
	return circle +
		"one and the same goroutine took them one after the other, and a goroutine cannot meet itself. " +
		"It becomes a deadlock on the day when a second goroutine runs the same code."
}

func (r *Report) whyCycle(n namer) (Condition, string) {
	var b strings.Builder
	switch {
	case r.Refused:
		b.WriteString("Each of these goroutines holds what the one before it asks for. The last request was turned away " +
			"with this cycle as its error instead of waiting, so the others go on.")
		return NoPreemption, b.String()
	case r.Tier == Deadlock && len(r.cycleLocks()) == 1:
		b.WriteString("A waiting writer goes before readers that come after it: the second read lock waits for the writer, " +
			"and the writer waits for the first. Nothing but the end of the process frees them.")
	case r.Tier == Deadlock:
		b.WriteString("Each of these goroutines holds what the one before it asks for, and none lets go before it has got " +
			"what it asks for. Nothing but the end of the process frees them.")
	case r.Tier == NeedsWriter:
		b.WriteString("Readers let one another in, so this circle is harmless as long as nobody locks " +
			list(namesOf(r.Writers, n.full)) + " for writing. A waiting writer changes that: it waits for the reader inside, " +
			"and readers that come after it wait for the writer.")
	case len(r.cycleLocks()) == 1:
		b.WriteString("A waiting writer goes before readers that come after it. If it asks between the two read locks, " +
			"the second read lock waits for the writer, and the writer waits for the first.")
	default:
		b.WriteString("Each of these goroutines asks for a lock that the next one takes first. If all of them have taken " +
			"their first lock before any asks for its second, each waits for the next and none goes on.")
	}
	if r.byClass() {
		b.WriteString(" They took different locks of the classes: it takes the same ones to deadlock, " +
			"and the code that takes them is the same.")
	}
	if !r.Overlap {
		b.WriteString(" In this run the goroutines never overlapped: one had finished before the other began. " +
			"A run cannot tell whether that is always so; if it is, declare it with lockorder.Phase.")
	}
	return CircularWait, b.String()
}

func (r *Report) whyHazard(n namer) string {
	e := r.Edges[0]
	switch r.Kind {
	case KindWaitHolding:
		return "A wait on " + n.short(e.Want.Lock) + " ends only when another goroutine acts. If that one needs a lock that is " +
			"held here, both wait forever; and until then everybody who needs it waits as well."
	case KindHeldAtExit:
		return "Whoever asks for the lock next waits until somebody unlocks it, and the goroutine that locked it cannot any more. " +
			"This is legal if another goroutine is to unlock it, as in a hand-off; else an unlock is missing, " +
			"often on a path that returns early or panics."
	case KindLongWait:
		return "The holder does not wait for a lock that is known here, so no ring can be shown. " +
			"But as long as it stands where it stands, everybody who needs the lock waits with it."
	}
	return "This proves nothing by itself, but it is how many deadlocks begin."
}
