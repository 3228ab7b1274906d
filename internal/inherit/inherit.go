// Package inherit keeps effective priorities: who waits for what, who holds it, and how
// urgent that makes the holder. It is the priority inheritance protocol of Sha, Rajkumar and
// Lehoczky ("Priority Inheritance Protocols", IEEE Transactions on Computers 39, 1990)
// as a data structure: no goroutines, no clock, no lock of its own.
//
// A task waits in at most one queue. A queue may be a lock's, and a lock has at most one
// owner, so from every task one chain leads away: task, lock, owner, lock, owner, and so
// on. What a task's priority is follows from everything that stands behind it:
//
//	effective(t) = max(base(t), effective(w) for every w waiting for any lock that t owns)
//
// Any unlock order leaves it right, because it is computed from all the locks that t still
// owns. To restore what it was when the lock was taken is the well-known mistake
// (Zhang, Urban, Wu: "Priority Inheritance Protocol Proved Correct", ITP 2012).
//
// # The chain walk
//
// Every change ends in one walk along the chain (see Engine.walk; after Linux's
// kernel/locking/rtmutex.c, rt_mutex_adjust_prio_chain). The caller's lock guards all of it, so that
// nothing has to be taken again on the way:
//
//	step  does                                                     protects
//	 [1]  stop where the holder's maximum does not move            cost: most walks end here
//	 [2]  set the holder's effective priority                      the equation above, at this task
//	 [3]  tell the client                                          its run slots, its observers
//	 [4]  stop where the task waits for nothing                    the chain's end
//	 [5]  re-sort the task in its queue, with its old stamp        FIFO among equals
//	 [6]  stop where the queue has no owner, or inheritance is off semaphores, run queues
//	 [7]  go on with the owner, from what the queue's maximum      the equation, at the next task
//	      was and is
//
// A walk costs one step per link and a logarithm of each queue; it ends, because a wait that
// would close a cycle is refused before anything changes.
package inherit

// Task is what has a priority. A client embeds it or points to it; it is made ready by Init.
type Task struct {
	Client any // what the task is to the caller; not used here

	base, effective int32
	held            *Lock  // the locks it owns, linked by next
	queue           *Queue // where it waits, or nil
	index           int    // in the queue's heap
	key             int64
	start           int64
	stamp           uint64
}

// Init sets the base priority of a task that owns nothing and waits for nothing.
func (t *Task) Init(base int32) { t.base, t.effective = base, base }

// Base returns the priority that the task has by itself.
func (t *Task) Base() int32 { return t.base }

// Effective returns the maximum of the task's base and of what it inherits.
func (t *Task) Effective() int32 { return t.effective }

// Queue returns the queue that the task waits in, or nil.
func (t *Task) Queue() *Queue { return t.queue }

// WaitsFor returns the lock that the task waits for, or nil.
func (t *Task) WaitsFor() *Lock { return t.queue.lock() }

// Start returns the start with which the task entered the queue it waits in, or did last.
func (t *Task) Start() int64 { return t.start }

// Held returns the first lock in the list of those that the task owns, or nil.
func (t *Task) Held() *Lock { return t.held }

// Lock is a queue with an owner who inherits from it. The zero value is free.
type Lock struct {
	Client any // what the lock is to the caller; not used here

	Queue      Queue
	owner      *Task
	next, prev *Lock // in the owner's list
}

// Owner returns the task that owns l, or nil.
func (l *Lock) Owner() *Task { return l.owner }

// Next returns the next lock in the list of those that l's owner owns.
func (l *Lock) Next() *Lock { return l.next }

// Engine holds what all tasks and locks of one client have in common. The zero value
// inherits. Every function takes all that it touches to be guarded by the same lock.
type Engine struct {
	// Off keeps owners from inheriting. Queues are ordered all the same: a priority queue
	// without inheritance, the control of every experiment.
	Off bool

	// Changed, unless nil, is told of every change of an effective priority, from within
	// the walk: it must not call the engine.
	Changed func(*Task)

	stamp uint64
}

// Arrive returns the next stamp. Among equals in a queue the lower stamp is served first.
func (e *Engine) Arrive() uint64 { e.stamp++; return e.stamp }

// Own makes t the owner of l, which has none. It inherits from those that wait for l.
func (e *Engine) Own(t *Task, l *Lock) {
	l.owner, l.next, l.prev = t, t.held, nil
	if t.held != nil {
		t.held.prev = l
	}
	t.held = l
	if top := l.Queue.First(); top != nil {
		e.from(l, lowest, top.effective)
	}
}

// Disown takes l from its owner, who no longer inherits from those that wait for it.
func (e *Engine) Disown(l *Lock) {
	t := l.owner
	if l.next != nil {
		l.next.prev = l.prev
	}
	if l.prev != nil {
		l.prev.next = l.next
	} else {
		t.held = l.next
	}
	l.owner, l.next, l.prev = nil, nil, nil
	if top := l.Queue.First(); top != nil && !e.Off {
		e.walk(t, top.effective, lowest)
	}
}

// Cycle returns the tasks that would wait for each other if t waited for l: t first, then who
// owns what the one before waits for, down to the owner of what t owns. It is nil if there is none.
func (e *Engine) Cycle(t *Task, l *Lock) []*Task {
	n := 1
	for o := l.owner; o != t; o = o.queue.lock().owner {
		if o == nil || o.queue.lock() == nil {
			return nil
		}
		n++
	}
	cycle := make([]*Task, 0, n)
	cycle = append(cycle, t)
	for o := l.owner; o != t; o = o.queue.lock().owner {
		cycle = append(cycle, o)
	}
	return cycle
}

// Block puts t, which waits for nothing, into l's queue. The caller has ruled out a cycle.
func (e *Engine) Block(t *Task, l *Lock, stamp uint64) {
	l.Queue.of = l
	e.Wait(t, &l.Queue, stamp, 0)
}

// Wait puts t, which waits for nothing, into q. Start is when its wait began, which counts only in
// a queue with a Scale.
func (e *Engine) Wait(t *Task, q *Queue, stamp uint64, start int64) {
	t.stamp, t.start = stamp, start
	was := q.maximum()
	q.push(t)
	e.moved(q, was)
}

// Leave takes t out of the queue it waits in. What others inherited from it there is gone.
func (e *Engine) Leave(t *Task) {
	q := t.queue
	was := q.maximum()
	q.remove(t)
	e.moved(q, was)
}

// SetBase sets t's base priority.
func (e *Engine) SetBase(t *Task, base int32) {
	was := t.base
	t.base = base
	e.walk(t, was, base)
}

// lowest stands for nobody waiting: no maximum is below it.
const lowest = -1 << 31

func (e *Engine) moved(q *Queue, was int32) {
	if l := q.lock(); l != nil && l.owner != nil {
		e.from(l, was, q.maximum())
	}
}

// from begins a walk at l's owner.
func (e *Engine) from(l *Lock, was, is int32) {
	if !e.Off {
		e.walk(l.owner, was, is)
	}
}

// walk begins at t, where one of the priorities that t's effective one is the maximum of
// has changed from was to is. The numbers are those of the package's doc.
func (e *Engine) walk(t *Task, was, is int32) {
	for {
		old := t.effective
		effective := old
		switch {
		case is > effective:
			effective = is
		case is < was && was == old:
			effective = e.maximum(t)
		}
		if effective == old { // [1]
			return
		}
		t.effective = effective // [2]
		if e.Changed != nil {   // [3]
			e.Changed(t)
		}
		q := t.queue
		if q == nil { // [4]
			return
		}
		if was = q.maximum(); q.First() == t {
			was = old
		}
		q.resort(t) // [5]
		l := q.lock()
		if l == nil || l.owner == nil || e.Off { // [6]
			return
		}
		t, is = l.owner, q.maximum() // [7]
	}
}

// maximum is the equation of the package's doc.
func (e *Engine) maximum(t *Task) int32 {
	m := t.base
	if e.Off {
		return m
	}
	for l := t.held; l != nil; l = l.next {
		m = max(m, l.Queue.maximum())
	}
	return m
}
