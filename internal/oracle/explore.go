package oracle

import "slices"

// Explorer decides whether programs can deadlock. It keeps its memory from one
// program to the next; the zero value is ready. Not for concurrent use.
//
// A goroutine's state is its pc and whether it is a writer that has announced
// itself: sync.RWMutex.Lock first excludes other writers, then stops new readers,
// then waits for the readers inside. What it holds follows from its pc, because a
// failing Try goes to where its lock is not held. So a program's state packs into
// a byte per goroutine, and a bit set of those seen replaces a hash table.
//
// Readers that wait are not told apart from readers that have not called yet:
// sync lets them in, all at once, when the writer unlocks, and that is the
// schedule in which they call just then.
type Explorer struct {
	code  [][]instr // per goroutine, per pc
	radix []int
	seen  []uint32 // stamp of the program in which the state was seen
	stamp uint32
	stack []uint64
}

// instr is an operation with what its goroutine holds before it.
type instr struct {
	op     Op
	writes uint32 // bit set of locks
	reads  uint32
	end    bool
}

const (
	maxGoroutines = 8
	maxOps        = 126
	maxLocks      = 32
	maxStates     = 1 << 26
)

// Deadlocks reports whether some schedule of p ends with a goroutine that is
// blocked for ever. Programs are limited to 8 goroutines of 126 operations, 32
// locks and 2²⁶ states; it panics beyond.
func (x *Explorer) Deadlocks(p Program) bool {
	x.load(p)
	x.stack = append(x.stack[:0], 0)
	x.seen[0] = x.stamp
	for len(x.stack) > 0 {
		state := x.stack[len(x.stack)-1]
		x.stack = x.stack[:len(x.stack)-1]
		if x.expand(state) {
			return true
		}
	}
	return false
}

func (x *Explorer) load(p Program) {
	if len(p) > maxGoroutines {
		panic("oracle: too many goroutines")
	}
	x.code = slices.Grow(x.code[:0], len(p))[:len(p)]
	x.radix = x.radix[:0]
	states := 1
	for i, g := range p {
		x.code[i] = compile(x.code[i][:0], g)
		x.radix = append(x.radix, states)
		if states *= 2 * len(x.code[i]); states > maxStates {
			panic("oracle: too many states")
		}
	}
	if states > len(x.seen) {
		x.seen, x.stamp = make([]uint32, states), 0
	}
	if x.stamp++; x.stamp == 0 {
		clear(x.seen)
		x.stamp = 1
	}
}

func compile(code []instr, g Goroutine) []instr {
	if len(g) > maxOps {
		panic("oracle: too many operations")
	}
	// Counted, because a Try within a hold of the same lock never succeeds, but
	// what it skips is walked here.
	var writing, reading [maxLocks]int
	var writes, reads uint32
	for _, op := range g {
		code = append(code, instr{op: op, writes: writes, reads: reads})
		switch op.Kind {
		case Lock, TryLock:
			writes = count(&writing, op.Lock, +1, writes)
		case Unlock:
			writes = count(&writing, op.Lock, -1, writes)
		case RLock, TryRLock:
			reads = count(&reading, op.Lock, +1, reads)
		case RUnlock:
			reads = count(&reading, op.Lock, -1, reads)
		}
	}
	return append(code, instr{end: true})
}

// count changes the number of holds of a lock and returns the set of those held.
func count(holds *[maxLocks]int, lock uint8, by int, set uint32) uint32 {
	if holds[lock] += by; holds[lock] == 0 {
		return set &^ (1 << lock)
	}
	return set | 1<<lock
}

// expand pushes the successors of a state. It says whether there are none though
// a goroutine has not ended.
func (x *Explorer) expand(state uint64) bool {
	var writers, readers uint32 // locks that are write-locked or announced; read-locked
	for i := range x.code {
		local := uint8(state >> (8 * i))
		c := &x.code[i][local>>1]
		writers |= c.writes
		readers |= c.reads
		if local&1 != 0 {
			writers |= 1 << c.op.Lock
		}
	}
	moved, ended := false, true
	for i := range x.code {
		local := uint8(state >> (8 * i))
		c := &x.code[i][local>>1]
		if c.end {
			continue
		}
		ended = false
		if to := c.step(local, writers, readers); to != local {
			moved = true
			x.push(state&^(0xff<<(8*i)) | uint64(to)<<(8*i))
		}
	}
	return !moved && !ended
}

// step returns the goroutine's next state, the same one if it cannot move.
func (c *instr) step(local uint8, writers, readers uint32) uint8 {
	bit := uint32(1) << c.op.Lock
	next := (local>>1 + 1) << 1
	written, read := writers&bit != 0, readers&bit != 0
	announced := local&1 != 0
	switch c.op.Kind {
	case Unlock, RUnlock:
		return next
	case RLock:
		if written {
			return local
		}
		return next
	case TryRLock:
		if written {
			return c.op.Else << 1
		}
		return next
	case TryLock:
		if written || read {
			return c.op.Else << 1
		}
		return next
	}
	switch {
	case written && !announced, read && announced:
		return local
	case read:
		return local | 1
	}
	return next
}

func (x *Explorer) push(state uint64) {
	at := 0
	for i, r := range x.radix {
		at += r * int(uint8(state>>(8*i)))
	}
	if x.seen[at] != x.stamp {
		x.seen[at] = x.stamp
		x.stack = append(x.stack, state)
	}
}
