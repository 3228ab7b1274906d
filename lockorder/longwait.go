package lockorder

import (
	"fmt"
	"hash/fnv"
	"strconv"
	"time"
)

// patience finds waits that last longer than a threshold. It is told at each
// tick who waits, and reads no clock itself.
type patience struct {
	limit time.Duration
	since map[waiting]time.Time
}

// waiting identifies one wait of one goroutine.
type waiting struct{ goroutine, seq uint64 }

// overdue returns the waits that have lasted longer than the limit.
func (p *patience) overdue(now time.Time, waits []Wait) []Wait {
	still := map[waiting]time.Time{}
	var late []Wait
	for _, w := range waits {
		key := waiting{w.Goroutine, w.Seq}
		began, known := p.since[key]
		if !known {
			began = now
		}
		still[key] = began
		if now.Sub(began) >= p.limit {
			late = append(late, w)
		}
	}
	p.since = still
	return late
}

// longWaits turns late waits into reports, one for each lock whose holder is
// blocked outside our locks or gone. A holder that waits for a lock itself is
// only a link: the lock at the end of the chain tells what is wrong.
func longWaits(limit time.Duration, late, waits []Wait, held []HeldLock, all []standingGoroutine) []Report {
	waiters := map[uint64]bool{}
	for _, w := range waits {
		waiters[w.Goroutine] = true
	}
	alive := map[uint64]standingGoroutine{}
	for _, g := range all {
		alive[g.id] = g
	}
	var found []Report
	told := map[uint64]bool{}
	for _, w := range late {
		for _, h := range held {
			if h.Hold.Lock.ID != w.Want.Lock.ID || told[w.Want.Lock.ID] || waiters[h.Goroutine] {
				continue
			}
			g, lives := alive[h.Goroutine]
			if lives && !g.blocked() {
				continue
			}
			told[w.Want.Lock.ID] = true
			found = append(found, longWait(limit, w, h, g, lives, held))
		}
	}
	return found
}

func longWait(limit time.Duration, w Wait, h HeldLock, g standingGoroutine, lives bool, held []HeldLock) Report {
	holder := Edge{Goroutine: h.Goroutine, Held: []Hold{h.Hold}, State: stateGone}
	if lives {
		holder.State, holder.Want = g.state, Hold{Stack: withoutRuntime(g.stack)}
	}
	waiter := Edge{Goroutine: w.Goroutine, Want: w.Want, Via: -1, State: "waiting for more than " + limit.String()}
	for _, other := range held {
		if other.Goroutine == w.Goroutine {
			waiter.Held = append(waiter.Held, other.Hold)
		}
	}
	r := Report{Tier: Hazard, Kind: KindLongWait, Overlap: true, Edges: []Edge{waiter, holder}}
	r.ID = fingerprint(&r)
	r.explain()
	return r
}

// withoutRuntime drops the runtime's frames at the top: where a goroutine
// parks itself is the same for all.
func withoutRuntime(stack []Frame) []Frame {
	for i, f := range stack {
		if len(f.Func) < 8 || f.Func[:8] != "runtime." {
			return withoutOurs(stack[i:])
		}
	}
	return stack
}

// fingerprint makes an ID for reports that lockorder forms by itself, from the
// places in them, not from the goroutines or instances.
func fingerprint(r *Report) string {
	h := fnv.New64a()
	put := func(s string) { _, _ = h.Write([]byte(s + "\x00")) }
	put(string(r.Kind))
	for _, e := range r.Edges {
		for _, hold := range append(e.Held[:len(e.Held):len(e.Held)], e.Want) {
			put(hold.Lock.Class)
			put(hold.Lock.Type)
			if f, ok := hold.site(); ok {
				put(f.Func)
				put(f.File + ":" + strconv.Itoa(f.Line))
			}
		}
	}
	return fmt.Sprintf("%016x", h.Sum64())
}

// watchWaits runs only if wait= asks for it. One look at the goroutines serves
// all waiters of a tick, and is taken only if somebody is late. It stops for
// tests only; nil never does.
func watchWaits(limit time.Duration, stop <-chan struct{}) {
	p := patience{limit: limit}
	tick := time.NewTicker(limit / 2)
	defer tick.Stop()
	for {
		var now time.Time
		select {
		case now = <-tick.C:
		case <-stop:
			return
		}
		state := engineState()
		late := p.overdue(now, state.Waits)
		if len(late) == 0 {
			continue
		}
		for _, r := range longWaits(limit, late, state.Waits, state.Held, parseDump(dumpAll())) {
			deliver(r)
		}
	}
}
