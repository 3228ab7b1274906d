package inherit_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/interlock-go/interlock/internal/inherit"
)

const (
	tasks = 7
	locks = 5
)

// model says by brute force what the engine says by increments.
type model struct {
	engine inherit.Engine
	task   [tasks]inherit.Task
	lock   [locks]inherit.Lock
	ready  inherit.Queue

	base     [tasks]int32
	owner    [locks]int // task or -1
	waits    [tasks]int // lock, atReady or nothing
	arrived  [tasks]uint64
	start    [tasks]int64
	told     [tasks]int32 // what Changed said last
	lastTick int64
}

const (
	nothing = -1
	atReady = -2
)

func newModel(off bool, scale int64) *model {
	m := &model{ready: inherit.Queue{Scale: scale}}
	m.engine.Off = off
	m.engine.Changed = func(t *inherit.Task) { m.told[t.Client.(int)] = t.Effective() }
	for i := range m.task {
		m.task[i].Client = i
		m.task[i].Init(0)
		m.waits[i] = nothing
	}
	for i := range m.lock {
		m.owner[i] = nothing
	}
	return m
}

// fixpoint is the equation of the package's doc, iterated until nothing moves.
func (m *model) fixpoint() [tasks]int32 {
	eff := m.base
	for moved := !m.engine.Off; moved; {
		moved = false
		for w, l := range m.waits {
			if l < 0 || m.owner[l] < 0 {
				continue
			}
			if o := m.owner[l]; eff[w] > eff[o] {
				eff[o], moved = eff[w], true
			}
		}
	}
	return eff
}

// reaches tells whether t waits for l, directly or through others, by following every edge.
func (m *model) reaches(t, l int) bool {
	for range tasks + 1 {
		o := m.owner[l]
		if o < 0 {
			return false
		}
		if o == t {
			return true
		}
		if m.waits[o] < 0 {
			return false
		}
		l = m.waits[o]
	}
	return false
}

// first is who should be served next from a queue, by looking at all.
func (m *model) first(queue int, eff [tasks]int32, scale int64) int {
	best := nothing
	for t, q := range m.waits {
		if q != queue {
			continue
		}
		if best == nothing {
			best = t
			continue
		}
		a, b := int64(eff[t]), int64(eff[best])
		if scale > 0 {
			a, b = a*scale-m.start[t], b*scale-m.start[best]
		}
		if a > b || a == b && m.arrived[t] < m.arrived[best] {
			best = t
		}
	}
	return best
}

func (m *model) check(t require.TestingT) {
	eff := m.fixpoint()
	for i := range m.task {
		require.Equal(t, m.base[i], m.task[i].Base())
		require.Equal(t, eff[i], m.task[i].Effective(), "task %d", i)
		require.Equal(t, eff[i], m.told[i], "told of task %d", i)
		held := 0
		for l := m.task[i].Held(); l != nil; l = l.Next() {
			require.Equal(t, i, m.owner[l.Client.(int)])
			held++
		}
		for l := range m.lock {
			if m.owner[l] == i {
				held--
			}
		}
		require.Zero(t, held)
	}
	for l := range m.lock {
		m.same(t, &m.lock[l].Queue, m.first(l, eff, 0))
	}
	m.same(t, &m.ready, m.first(atReady, eff, m.ready.Scale))
}

func (m *model) same(t require.TestingT, q *inherit.Queue, first int) {
	if first == nothing {
		require.Nil(t, q.First())
		require.Zero(t, q.Len())
		return
	}
	require.Equal(t, first, q.First().Client)
	require.Same(t, q, q.First().Queue())
}

func pick(t *rapid.T, ok func(int) bool, n int, name string) int {
	var all []int
	for i := range n {
		if ok(i) {
			all = append(all, i)
		}
	}
	if len(all) == 0 {
		t.Skip("none")
	}
	return rapid.SampledFrom(all).Draw(t, name)
}

func (m *model) idle(t int) bool    { return m.waits[t] == nothing }
func (m *model) waiting(t int) bool { return m.waits[t] != nothing }

func (m *model) acquire(t *rapid.T) {
	i := pick(t, m.idle, tasks, "task")
	l := rapid.IntRange(0, locks-1).Draw(t, "lock")
	m.lock[l].Client = l
	if m.owner[l] == nothing && m.first(l, m.fixpoint(), 0) == nothing {
		m.engine.Own(&m.task[i], &m.lock[l])
		m.owner[l], m.arrived[i] = i, m.engine.Arrive() // for the case that it is stolen
		return
	}
	cycle := m.engine.Cycle(&m.task[i], &m.lock[l])
	require.Equal(t, m.reaches(i, l), cycle != nil)
	if cycle != nil {
		for k, at := 0, l; k < len(cycle); k++ {
			next := m.owner[at]
			require.Same(t, cycle[(k+1)%len(cycle)], &m.task[next])
			at = m.waits[next]
		}
		require.Same(t, &m.task[i], cycle[0])
		return
	}
	m.arrived[i] = m.engine.Arrive()
	m.engine.Block(&m.task[i], &m.lock[l], m.arrived[i])
	m.waits[i] = l
}

// release hands l over to the first waiter, or frees it.
func (m *model) release(t *rapid.T) {
	l := pick(t, func(l int) bool { return m.owner[l] != nothing }, locks, "lock")
	m.engine.Disown(&m.lock[l])
	m.owner[l] = nothing
	m.check(t) // also with waiters and no owner
	next := m.lock[l].Queue.First()
	if next == nil {
		return
	}
	m.engine.Leave(next)
	m.engine.Own(next, &m.lock[l])
	i := next.Client.(int)
	m.owner[l], m.waits[i] = i, nothing
}

// barge gives a lock that others wait for to a task that does not.
func (m *model) barge(t *rapid.T) {
	l := pick(t, func(l int) bool { return m.owner[l] != nothing }, locks, "lock")
	i := pick(t, m.idle, tasks, "task")
	m.engine.Disown(&m.lock[l])
	m.engine.Own(&m.task[i], &m.lock[l])
	m.owner[l], m.arrived[i] = i, m.engine.Arrive()
}

func (m *model) leave(t *rapid.T) {
	i := pick(t, m.waiting, tasks, "task")
	m.engine.Leave(&m.task[i])
	m.waits[i] = nothing
}

func (m *model) makeReady(t *rapid.T) {
	i := pick(t, m.idle, tasks, "task")
	m.lastTick += rapid.Int64Range(0, 3).Draw(t, "time")
	m.arrived[i], m.start[i], m.waits[i] = m.engine.Arrive(), m.lastTick, atReady
	m.engine.Wait(&m.task[i], &m.ready, m.arrived[i], m.lastTick)
}

// steal gives a lock to another task, and puts the owner back among the waiters with its old stamp.
func (m *model) steal(t *rapid.T) {
	l := pick(t, func(l int) bool { return m.owner[l] != nothing && m.idle(m.owner[l]) }, locks, "lock")
	thief := pick(t, func(i int) bool { return m.idle(i) && i != m.owner[l] }, tasks, "thief")
	victim := m.owner[l]
	m.engine.Disown(&m.lock[l])
	m.engine.Own(&m.task[thief], &m.lock[l])
	m.engine.Block(&m.task[victim], &m.lock[l], m.arrived[victim])
	m.owner[l], m.waits[victim], m.arrived[thief] = thief, l, m.engine.Arrive()
}

func (m *model) setBase(t *rapid.T) {
	i := rapid.IntRange(0, tasks-1).Draw(t, "task")
	m.base[i] = rapid.Int32Range(-3, 3).Draw(t, "base")
	m.engine.SetBase(&m.task[i], m.base[i])
}

// TestEffectivePriorityIsTheFixpoint: -rapid.checks=20000 for the long run.
func TestEffectivePriorityIsTheFixpoint(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := newModel(rapid.IntRange(0, 9).Draw(t, "off") == 0, rapid.SampledFrom([]int64{0, 1, 2}).Draw(t, "scale"))
		t.Repeat(map[string]func(*rapid.T){
			"acquire": m.acquire, "again": m.acquire, "release": m.release, "leave": m.leave,
			"ready": m.makeReady, "steal": m.steal, "barge": m.barge, "base": m.setBase,
			"": func(t *rapid.T) { m.check(t) },
		})
		m.drain(t)
	})
}

// drain lets everybody go, in an order of its own, and looks at what remains.
func (m *model) drain(t *rapid.T) {
	for slices.ContainsFunc(m.owner[:], func(o int) bool { return o != nothing }) {
		m.release(t)
		m.check(t)
	}
	for i := range m.task {
		if m.waiting(i) {
			m.engine.Leave(&m.task[i])
			m.waits[i] = nothing
		}
		require.Equal(t, m.base[i], m.task[i].Effective())
	}
	m.check(t)
}
