package pi

// table finds a task by the key that it leaves in a mutex. A key is never used again while
// anything could still refer to it: that is what makes a mutex whose owner has ended
// recognizable, at no cost to those that end as they should.
//
//	bits 1–24   the task's place in the table
//	bits 25–63  how often the place has been given out
//	bit 0       0; in a mutex's word: contended
type table struct {
	places []place
	free   []uint32 // places without a task
	n      int      // tasks inside
	total  uint64   // tasks ever
}

type place struct {
	task *Task
	used uint64
}

const (
	contended  = 1
	placeShift = 1
	usedShift  = 25
	maxPlaces  = 1 << (usedShift - placeShift)
)

func (t *table) add(task *Task) uint64 {
	if len(t.free) == 0 {
		if len(t.places) == maxPlaces {
			panic("pi: more than 16,777,216 tasks in one Executor")
		}
		t.free = append(t.free, uint32(len(t.places)))
		t.places = append(t.places, place{})
	}
	i := t.free[len(t.free)-1]
	t.free = t.free[:len(t.free)-1]
	p := &t.places[i]
	p.task = task
	p.used++
	t.n++
	t.total++
	return p.used<<usedShift | uint64(i)<<placeShift
}

func (t *table) remove(key uint64) {
	i := uint32(key>>placeShift) % maxPlaces
	t.places[i].task = nil
	t.free = append(t.free, i)
	t.n--
}

// find returns the task with the key, or nil if it has ended. A mutex's word will do for a key.
func (t *table) find(word uint64) *Task {
	p := &t.places[uint32(word>>placeShift)%maxPlaces]
	if p.task == nil || p.task.key != word&^contended {
		return nil
	}
	return p.task
}
