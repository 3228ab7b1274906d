package rendezvous

import (
	"math/rand/v2"
	"slices"
	"time"
)

// settle is how long after a writer the readers are let go that are to wait behind it.
const settle = 5 * time.Millisecond

// Meeting holds goroutines up. One goroutine of its own has all of the state: what a paused
// one waits for are channels and clocks of that goroutine, so that the pause of one inside a bubble
// of testing/synctest takes real time, and ends although the bubble's clock stands still.
type Meeting struct {
	plan   Plan
	random *rand.Rand
	spare  chan *guest
	arrive chan *guest
	ended  chan struct{}
	closed chan struct{}

	waiting []*guest
	spent   time.Duration
	weary   map[actor]*weariness
}

// guest is a goroutine that is held up.
type guest struct {
	goroutine uint64
	fits      []fit
	since     time.Time
	until     time.Time
	met       bool          // it only lets others go ahead
	leave     chan struct{} // receives once
}

// actor is a goroutine in a part.
type actor struct {
	goroutine uint64
	part      int
}

// weariness makes a goroutine that was held up in vain pass the more often, the more often it was:
// in a loop it would use up the budget alone.
type weariness struct{ skip, pauses int }

// New begins a meeting.
func New(plan Plan) *Meeting {
	m := &Meeting{
		plan: plan, random: rand.New(rand.NewPCG(plan.Seed, plan.Seed)), spare: make(chan *guest),
		arrive: make(chan *guest), ended: make(chan struct{}), closed: make(chan struct{}), weary: map[actor]*weariness{},
	}
	go m.run()
	return m
}

// Close lets everybody go, and whoever comes later pass.
func (m *Meeting) Close() {
	close(m.ended)
	<-m.closed
}

// Pause is called by a goroutine that is about to ask for want, and returns when it may go on.
func (m *Meeting) Pause(goroutine uint64, held []Lock, want Lock) {
	fits := m.plan.fits(held, want)
	if len(fits) == 0 && !m.plan.late(want) {
		return
	}
	var g *guest
	select {
	case g = <-m.spare:
	case <-m.closed:
		return
	}
	g.goroutine, g.fits = goroutine, fits
	select {
	case m.arrive <- g:
		<-g.leave
	case <-m.closed:
	}
}

func (m *Meeting) run() {
	defer close(m.closed)
	spare := newGuest()
	for {
		var alarm <-chan time.Time
		if next, ok := m.next(); ok {
			alarm = time.After(time.Until(next))
		}
		select {
		case m.spare <- spare:
			spare = newGuest()
		case g := <-m.arrive:
			m.take(g, time.Now())
		case now := <-alarm:
			m.expire(now)
		case <-m.ended:
			for _, g := range m.waiting {
				g.leave <- struct{}{}
			}
			return
		}
	}
}

func newGuest() *guest { return &guest{leave: make(chan struct{}, 1)} }

// next is when somebody's pause ends.
func (m *Meeting) next() (next time.Time, ok bool) {
	for _, g := range m.waiting {
		if !ok || g.until.Before(next) {
			next, ok = g.until, true
		}
	}
	return next, ok
}

// take decides on a goroutine that has come.
func (m *Meeting) take(g *guest, now time.Time) {
	g.since, g.until = now, now.Add(m.plan.Limit)
	if set := m.complete(g); set != nil {
		m.release(set, now)
		return
	}
	if m.spent+m.plan.Limit*time.Duration(len(m.waiting)+1) > m.plan.Budget || m.tired(g) {
		g.leave <- struct{}{}
		return
	}
	if len(g.fits) == 0 {
		g.until = now.Add(time.Duration(m.random.Int64N(int64(m.plan.Limit)) + 1))
	}
	m.waiting = append(m.waiting, g)
}

// tired says whether a goroutine passes, since it was held up here in vain before.
func (m *Meeting) tired(g *guest) bool {
	w := m.weary[g.actor()]
	if w == nil || w.skip == 0 {
		return false
	}
	w.skip--
	return true
}

// actor is who a guest is when it comes again; one that is only late plays no part.
func (g *guest) actor() actor {
	if len(g.fits) == 0 {
		return actor{g.goroutine, -1}
	}
	return actor{g.goroutine, g.fits[0].part}
}

// expire lets those go whose time is over.
func (m *Meeting) expire(now time.Time) {
	m.leave(now, func(g *guest) bool { return !g.until.After(now) })
}

// leave lets guests go.
func (m *Meeting) leave(now time.Time, who func(*guest) bool) {
	m.waiting = slices.DeleteFunc(m.waiting, func(g *guest) bool {
		if !who(g) {
			return false
		}
		m.spent += now.Sub(g.since)
		if !g.met {
			w := m.weary[g.actor()]
			if w == nil {
				w = &weariness{}
				m.weary[g.actor()] = w
			}
			w.pauses++
			w.skip = 1<<min(w.pauses, 20) - 1
			w.skip -= m.random.IntN(w.skip) // another one each run
		}
		g.leave <- struct{}{}
		return true
	})
}

// complete returns a guest for each part, g among them, that would stand in a ring, or nil.
func (m *Meeting) complete(g *guest) []*guest {
	parts := len(m.plan.Parts)
	var set []*guest
	var chain []fit
	var extend func() bool
	extend = func() bool { // by who plays the part after the last
		last := chain[len(chain)-1]
		if len(chain) == parts {
			return m.plan.meets(last, chain[0])
		}
		for _, other := range m.waiting {
			if other.met || slices.ContainsFunc(set, func(s *guest) bool { return s.goroutine == other.goroutine }) {
				continue
			}
			for _, f := range other.fits {
				if f.part != (last.part+1)%parts || !m.plan.meets(last, f) {
					continue
				}
				set, chain = append(set, other), append(chain, f)
				if extend() {
					return true
				}
				set, chain = set[:len(set)-1], chain[:len(chain)-1]
			}
		}
		return false
	}
	for _, f := range g.fits {
		set, chain = []*guest{g}, []fit{f}
		if extend() {
			g.fits = chain[:1] // the part that it plays
			for i, one := range set[1:] {
				one.fits = chain[i+1 : i+2]
			}
			return set
		}
	}
	return nil
}

// release lets a complete set go, the first of which has just come. Who is to wait behind a writer goes when the writer
// waits.
func (m *Meeting) release(set []*guest, now time.Time) {
	m.waiting = append(m.waiting, set[0])
	for _, g := range set {
		g.met = true
		g.until = now
		if m.plan.Parts[(g.fits[0].part+1)%len(m.plan.Parts)].Queued {
			g.until = now.Add(settle)
		}
	}
	m.expire(now)
}
