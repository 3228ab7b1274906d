package pi

import "sync/atomic"

// A key is a number that a mutex's word can have. It is given out once in the life of the program, whoever
// gets it: so a mutex can neither be taken for one of another executor, nor for one whose
// owner lives when it has ended.
//
//	bit 0    contended, in a mutex's word
//	bits 1…  a serial number, from 1: enough for a million tasks a second over a hundred thousand years
const (
	contended   = 1
	serialShift = 1
)

// shut is no key: what is compared with it differs.
const shut = contended

// serials are given out in blocks, so that executors do not share a counter.
var serials atomic.Uint64

const block = 1 << 10

// table finds a task by its key. The place of a key is its serial number modulo the size, and a key whose
// place is taken is passed over: so it needs no search, and none when it grows, since two
// numbers that differ modulo n differ modulo 2n. It is at most half full, which means that a key
// is passed over, on average, for each that is given out.
type table struct {
	places []*Task // a power of two
	n      int     // tasks inside
	total  uint64  // tasks ever
	serial uint64  // the next serial number
	left   int     // of the block
}

// key returns one that belongs to nobody.
func (t *table) key() uint64 {
	if t.left == 0 {
		t.serial, t.left = serials.Add(block)-block+1, block
	}
	k := t.serial << serialShift
	t.serial++
	t.left--
	return k
}

func (t *table) place(key uint64) *(*Task) {
	return &t.places[key>>serialShift&uint64(len(t.places)-1)]
}

func (t *table) add(task *Task) (key uint64) {
	if 2*t.n >= len(t.places) {
		t.grow()
	}
	key = t.key()
	for *t.place(key) != nil {
		key = t.key()
	}
	*t.place(key) = task
	t.n++
	t.total++
	return key
}

func (t *table) grow() {
	old := t.places
	t.places = make([]*Task, max(8, 2*len(old)))
	for _, task := range old {
		if task != nil {
			*t.place(task.key) = task
		}
	}
}

func (t *table) remove(key uint64) {
	*t.place(key) = nil
	t.n--
}

// find returns the task with the key, or nil if it has ended. A mutex's word will do for a key.
func (t *table) find(word uint64) *Task {
	if len(t.places) == 0 {
		return nil
	}
	task := *t.place(word)
	if task == nil || task.key != word&^contended {
		return nil
	}
	return task
}
