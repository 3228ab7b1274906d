package engine

import "github.com/interlock-go/interlock/internal/quiet"

// ring looks for a ring of blocked goroutines through r, which is the running one, and
// returns the finding if there is one that has not been told.
//
//go:norace
func (r *Record) ring() *Finding {
	waiting.mu.Lock()
	f := waiting.look(r, r)
	waiting.mu.Unlock()
	return f
}

// look is ring for any blocked goroutine r; self is the running one if it is among those that
// wait. The caller holds the list's lock.
//
//go:norace
func (w *waitList) look(r, self *Record) *Finding {
	members, cycle := w.walk.search(w, r)
	if len(members) == 0 {
		return nil
	}
	told := true
	for _, m := range members[:cycle] {
		told = told && m.state&inRing != 0
		m.state |= inRing
	}
	if told {
		return nil
	}
	f := eng.ringFinding(members, cycle)
	if f == nil || refuse(members, self, f) || !f.Refused && !eng.isNews(f) {
		return nil // another call ends, or it was told and r goes back to wait
	}
	return f
}

// Look looks for rings in which a goroutine waits for the condition, on behalf of one that
// has changed who its wakers are. It is called with nothing held; its result is for Emit.
//
//go:norace
func (c *Condition) Look() (news *News) {
	quiet.Begin()
	if s := c.certain(); s != nil && !s.awake() {
		waiting.mu.Lock()
		for x := waiting.first; x != nil; x = x.mind.next {
			if x.waitsFor() == &c.core {
				if f := waiting.look(x, nil); f != nil {
					news = news.join(Tell(f))
				}
			}
		}
		waiting.mu.Unlock()
	}
	quiet.End()
	return news
}
