package engine

import (
	"sync"
	"sync/atomic"
	"unsafe"
)

// registry finds a goroutine's record by its g: an open-addressing table that is read
// without a lock and only ever gains entries.
//
// A reader that misses an entry being inserted at the same time would look for another
// goroutine's g; its own was inserted by itself. So a miss means that there is none.
type registry struct {
	//house:allow the lock of a quiet section
	mu    sync.Mutex // guards inserting and growing
	table atomic.Pointer[slots]
	count int
	slab  []Record // records are cut from slabs, so that many goroutines cost few objects
}

// slots is one size of the table; a larger one replaces it whole.
type slots struct {
	shift uint
	at    []atomic.Pointer[Record]
}

const (
	firstSlots = 64
	slabSize   = 32768 / unsafe.Sizeof(Record{}) // whole pages, which begin with a cache line
)

var records registry

// slot is where a search for g begins. g's are at least 64 bytes apart, so the low
// bits say nothing; the multiplication spreads the others (Fibonacci hashing).
//
//go:norace
func (s *slots) slot(key uintptr) uint64 {
	return uint64(key>>5) * 0x9e3779b97f4a7c15 >> s.shift
}

// find returns the record filed under key, or nil.
//
//go:norace
func (g *registry) find(key uintptr) *Record {
	s := g.table.Load()
	if s == nil {
		return nil
	}
	for i := s.slot(key); ; i++ {
		r := s.at[i&uint64(len(s.at)-1)].Load()
		if r == nil || r.key() == key {
			return r
		}
	}
}

// insert files r. The caller holds mu.
//
//go:norace
func (g *registry) insert(r *Record) {
	s := g.table.Load()
	if s == nil || 2*(g.count+1) > len(s.at) {
		s = g.grow(s)
	}
	place(s, r)
	g.count++
}

//go:norace
func place(s *slots, r *Record) {
	i := s.slot(r.key())
	for s.at[i&uint64(len(s.at)-1)].Load() != nil {
		i++
	}
	s.at[i&uint64(len(s.at)-1)].Store(r)
}

// grow replaces the table by one twice as large.
//
//go:norace
func (g *registry) grow(old *slots) *slots {
	size := firstSlots
	if old != nil {
		size = 2 * len(old.at)
	}
	s := &slots{at: make([]atomic.Pointer[Record], size)}
	for s.shift = 64; 1<<(64-s.shift) < size; s.shift-- {
	}
	if old != nil {
		for i := range old.at {
			if r := old.at[i].Load(); r != nil {
				place(s, r)
			}
		}
	}
	g.table.Store(s)
	return s
}

// cut returns a fresh record. The caller holds mu.
//
//go:norace
func (g *registry) cut() *Record {
	if len(g.slab) == 0 {
		g.slab = make([]Record, slabSize)
	}
	r := &g.slab[0]
	g.slab = g.slab[1:]
	return r
}

// key is what the registry files r under: its g, or in the portable way the goroutine id.
//
//go:norace
func (r *Record) key() uintptr {
	if r.gp != nil {
		return uintptr(r.gp)
	}
	return uintptr(r.goid)
}

// next returns the first record at or after index i, and the index after it; nil at the
// end. Records that are filed meanwhile may be missed.
//
//go:norace
func (g *registry) next(i int) (int, *Record) {
	s := g.table.Load()
	if s == nil {
		return 0, nil
	}
	for ; i < len(s.at); i++ {
		if r := s.at[i].Load(); r != nil {
			return i + 1, r
		}
	}
	return i, nil
}
