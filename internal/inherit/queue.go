package inherit

// Queue is a set of waiting tasks, the most urgent first and equals in the order of their
// stamps. The zero value is an empty one that orders by effective priority alone.
//
// With a Scale a task gains one priority for every Scale of time that it waits. All
// gain alike, so the order of two waiting tasks does not change with time, and
//
//	effective + (now-start)/Scale ≥ effective' + (now-start')/Scale
//
// holds when effective*Scale - start ≥ effective'*Scale - start'. So the key needs no clock, and
// nobody has to go through the queue. A lock's queue has no Scale.
type Queue struct {
	// Scale is how long, in the unit of Wait's start, a task waits for one priority; 0 for ever.
	Scale int64

	heap []*Task
	of   *Lock
}

// Len returns how many tasks wait.
func (q *Queue) Len() int { return len(q.heap) }

// First returns the task that is served next, or nil.
func (q *Queue) First() *Task {
	if len(q.heap) == 0 {
		return nil
	}
	return q.heap[0]
}

// All returns the tasks that wait, the first one first and the others in no order. The
// slice is the queue's own.
func (q *Queue) All() []*Task { return q.heap }

func (q *Queue) lock() *Lock {
	if q == nil {
		return nil
	}
	return q.of
}

// maximum is what a lock's owner inherits.
func (q *Queue) maximum() int32 {
	if len(q.heap) == 0 {
		return lowest
	}
	return q.heap[0].effective
}

func (q *Queue) keyOf(t *Task) int64 {
	if q.Scale == 0 {
		return int64(t.effective)
	}
	return int64(t.effective)*q.Scale - t.start
}

func (q *Queue) push(t *Task) {
	t.queue, t.key, t.index = q, q.keyOf(t), len(q.heap)
	q.heap = append(q.heap, t)
	q.up(t)
}

func (q *Queue) remove(t *Task) {
	n := len(q.heap) - 1
	last := q.heap[n]
	q.heap[n] = nil // or the array would keep the task alive
	q.heap = q.heap[:n]
	if last != t {
		last.index = t.index
		q.heap[last.index] = last
		q.settle(last)
	}
	t.queue = nil
}

// resort puts t where its effective priority belongs now.
func (q *Queue) resort(t *Task) {
	t.key = q.keyOf(t)
	q.settle(t)
}

func (q *Queue) settle(t *Task) {
	q.up(t)
	q.down(t)
}

func before(a, b *Task) bool { return a.key > b.key || a.key == b.key && a.stamp < b.stamp }

func (q *Queue) up(t *Task) {
	i := t.index
	for i > 0 {
		parent := (i - 1) / 2
		p := q.heap[parent]
		if !before(t, p) {
			break
		}
		q.heap[i], p.index = p, i
		i = parent
	}
	q.heap[i], t.index = t, i
}

func (q *Queue) down(t *Task) {
	i := t.index
	for {
		child := 2*i + 1
		if child >= len(q.heap) {
			break
		}
		if child+1 < len(q.heap) && before(q.heap[child+1], q.heap[child]) {
			child++
		}
		c := q.heap[child]
		if !before(c, t) {
			break
		}
		q.heap[i], c.index = c, i
		i = child
	}
	q.heap[i], t.index = t, i
}
