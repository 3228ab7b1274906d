package engine

import (
	"github.com/interlock-go/interlock/internal/discipline"
	"github.com/interlock-go/interlock/internal/heldset"
	"github.com/interlock-go/interlock/internal/rule"
)

// Before looks at the order in which r asks for a lock and returns what is wrong with
// it, if that is news. The caller is in a quiet section, holds nothing internal and emits
// the finding after it.
//
//go:norace
func (r *Record) Before(q *Request) *News {
	q.Core.identifyAs(q.For)
	r.settle()
	news := r.order(q)
	if pauser.Load() != nil {
		news = news.join(r.ask(q)) // behind the findings: what is known is told before anybody waits
	}
	return news
}

// order looks the order up and learns it if it is not known.
//
// There are three places to look before the engine's lock has to be taken: the lock's
// own cache (tried on the fast path too), the goroutine's, and the set of orders known
// of everybody. An order is known of everybody once so many goroutines have used it
// that one more changes no verdict.
//
//go:norace
func (r *Record) order(q *Request) *News {
	if r.held.Len() == 0 && q.For != ForWrite {
		return nil
	}
	if r.excludes(q) {
		return nil // it will block, and Block says so; if it does not, it is a copy of what r holds
	}
	sum := r.held.Sum() + phaseSalt
	if seen := q.Seen.Load(); seen == sum || seen == sum^r.salt {
		return nil
	}
	order := orderOf(sum, q.key())
	m := r.thinks()
	if *m.place(order) == order {
		return nil
	}
	if known.Has(order) {
		q.Seen.Store(sum)
		return nil
	}
	news, universal := eng.learn(r, q, order)
	if universal {
		q.Seen.Store(sum)
	} else {
		q.Seen.Store(sum ^ r.salt)
		*m.place(order) = order
	}
	return news
}

// excludes tells whether r holds what q asks for, in a way that lets nobody else in.
//
//go:norace
func (r *Record) excludes(q *Request) bool {
	id := q.Core.identify()
	return r.held.Holds(id, rule.Write) || q.For != ForRead && r.held.Holds(id, rule.Read)
}

// orderOf names "key is wanted by a holder of the set named sum".
//
//go:norace
func orderOf(sum, key uint64) uint64 {
	return (sum ^ key*0xff51afd7ed558ccd) * 0x9e3779b97f4a7c15
}

// learn records a dependency and returns what is new: the order itself, if somebody
// listens to orders, and the findings that it completes.
//
//go:norace
func (e *engine) learn(r *Record, q *Request, order uint64) (news *News, universal bool) {
	e.mu.Lock()
	tick.Add(1)
	ask := e.describe(r, q)
	dep, isNew := e.base.Intern(ask.held, ask.want)
	if isNew {
		e.note(dep, r, q, ask)
	}
	news = e.order(dep, r).join(e.violations(ask, r, q))
	if e.base.Saw(dep, r.goid, phaseNow) {
		news = news.join(e.judge(dep))
	}
	if universal = e.base.Universal(dep); universal {
		known.Add(order)
	}
	unbound := e.locks.numbered(ask.want.Inst).claim()
	e.mu.Unlock()
	if unbound {
		bind(q.Core)
	}
	return news, universal
}

// asking is a request in the rule's terms. Its slices are the engine's scratch space.
type asking struct {
	held   []rule.Hold
	sites  []uintptr // where each was acquired
	at     []uint32  // its position in the record
	want   rule.Hold
	broken int // index in held of a lock that declarations forbid to hold, or -1
	kind   Kind
}

// describe names the request and r's holds in the rule's terms. Holds that a
// declaration vouches for are left out: they cannot be part of a cycle.
//
//go:norace
func (e *engine) describe(r *Record, q *Request) asking {
	n := r.held.Len()
	e.reserve(int(n))
	wanted := e.locks.wanted(q)
	e.classify(wanted, q.PC)
	want := *wanted
	a := asking{want: rule.Hold{Inst: want.number, Class: want.class, Mode: q.For.mode()}, broken: -1}
	k := 0
	for j := range n {
		h := r.held.At(j)
		n := e.locks.node(heldset.ID(h.Key), NotWaiting, h.PC)
		e.classify(n, h.PC)
		if !n.bound {
			h.Key |= heldset.Unbound
		}
		switch e.classes.Verdict(n.member(), want.member()) {
		case discipline.Vouched:
			continue
		case discipline.Against:
			a.broken, a.kind = k, DeclaredOrder
		case discipline.Misnested:
			a.broken, a.kind = k, ClassNesting
		}
		e.scratch[k] = rule.Hold{Inst: n.number, Class: n.class, Mode: heldset.Mode(h.Key)}
		e.sites[k], e.at[k] = h.PC, j
		k++
	}
	a.held, a.sites, a.at = e.scratch[:k], e.sites[:k], e.at[:k]
	return a
}

// reserve makes room for a description of n holds.
//
//go:norace
func (e *engine) reserve(n int) {
	if len(e.scratch) < n {
		e.scratch = make([]rule.Hold, 2*n)
		e.sites = make([]uintptr, 2*n)
		e.at = make([]uint32, 2*n)
	}
}
