// Package onsync measures sync. Its file cases.go is the source of the other
// implementations' cases; "go generate" copies it with another import.
package onsync

import (
	lock "sync"
	"testing"
	"unsafe"

	"github.com/interlock-go/interlock/bench/internal/lockcase"
)

type (
	locks   = lockcase.Locks[*lock.Mutex, *lock.RWMutex]
	kase    = lockcase.Case[*lock.Mutex, *lock.RWMutex]
	setting = lockcase.Setting[*lock.Mutex, *lock.RWMutex]
)

// Lock measures each operation in each setting.
func Lock(b *testing.B) {
	lockcase.Run(b, []kase{
		{Name: "uncontended", Run: uncontended},
		{Name: "nested3", Run: nested3},
		{Name: "nested10", Run: nested10},
		{Name: "rlock", Run: rlock},
		{Name: "contended", Run: contended},
		{Name: "own1", Run: func(b *testing.B, l locks) { own(b, l, 1) }},
		{Name: "own2", Run: func(b *testing.B, l locks) { own(b, l, 2) }},
	}, []setting{
		{Name: "alone", Setup: alone},
		{Name: "held1000", Setup: held1000},
		{Name: "graph1000", Setup: graph1000},
		{Name: "ladder20", Setup: ladder20},
	})
}

func uncontended(b *testing.B, l locks) {
	mu, n := l.M[0], 0
	for range b.N {
		mu.Lock()
		n++
		mu.Unlock()
	}
}

func nested3(b *testing.B, l locks) {
	m0, m1, m2, n := l.M[0], l.M[1], l.M[2], 0
	for range b.N {
		m0.Lock()
		m1.Lock()
		m2.Lock()
		n++
		m2.Unlock()
		m1.Unlock()
		m0.Unlock()
	}
}

func nested10(b *testing.B, l locks) {
	ms, n := l.M[:10], 0
	for range b.N {
		for i := range ms {
			ms[i].Lock()
		}
		n++
		for i := range ms {
			ms[len(ms)-1-i].Unlock()
		}
	}
}

func rlock(b *testing.B, l locks) {
	mu, n := l.RW[0], 0
	for range b.N {
		mu.RLock()
		n++
		mu.RUnlock()
	}
}

func contended(b *testing.B, l locks) {
	mu, n := l.M[0], 0
	lockcase.Parallel(b, 8, false, func(_, iterations int) {
		for range iterations {
			mu.Lock()
			n++
			mu.Unlock()
		}
	})
}

func own(b *testing.B, l locks, goroutines int) {
	lockcase.Parallel(b, goroutines, true, func(goroutine, iterations int) {
		mu, n := l.M[goroutine], 0
		for range iterations {
			mu.Lock()
			n++
			mu.Unlock()
		}
	})
}

func fresh(n int) locks {
	type apart struct {
		m  lock.Mutex
		_  [128]byte
		rw lock.RWMutex
		_  [128]byte
	}
	l := locks{M: make([]*lock.Mutex, n), RW: make([]*lock.RWMutex, n)}
	for i := range n {
		a := new(apart)
		l.M[i], l.RW[i] = &a.m, &a.rw
	}
	return l
}

func alone(*testing.B) locks { return fresh(10) }

// held1000 has 100 goroutines that hold ten locks each.
func held1000(b *testing.B) locks {
	held := fresh(1000)
	lockcase.Elsewhere(b, 100,
		func(g int) {
			for _, mu := range held.M[g*10:][:10] {
				mu.Lock()
			}
		},
		func(g int) {
			for _, mu := range held.M[g*10:][:10] {
				mu.Unlock()
			}
		})
	return fresh(10)
}

// graph1000 has the measured locks in the middle of 1,000 classes in one order
// with some 3,000 edges.
var graph1000 = lockcase.Once(func() locks {
	l := fresh(1000)
	classify(l.M)
	for i := range l.M {
		for _, step := range []int{1, 7, 31} {
			if i+step < len(l.M) {
				nest(l, i, i+step)
			}
		}
	}
	return locks{M: l.M[495:505], RW: l.RW[495:505]}
})

// ladder20 has 20 layers of two locks, each nested in both of the layer above:
// there are 2²⁰ ways down. The measured locks stand on layers of their own.
var ladder20 = lockcase.Once(func() locks {
	l := fresh(40)
	for i := range 38 {
		below := i - i%2 + 2
		nest(l, i, below)
		nest(l, i, below+1)
	}
	var middle locks
	for layer := 5; layer < 15; layer++ {
		rung := 2*layer + layer%2
		middle.M, middle.RW = append(middle.M, l.M[rung]), append(middle.RW, l.RW[rung])
	}
	return middle
})

func nest(l locks, outer, inner int) {
	lockcase.Nest(l.M[outer], l.M[inner])
	lockcase.Nest(l.RW[outer], l.RW[inner])
}

// Goroutines measures the memory that n goroutines cost that each lock once.
func Goroutines(b *testing.B, n int) {
	mus := make([]lock.Mutex, n)
	lockcase.Goroutines(b, n, func(g int) {
		mus[g].Lock()
		defer mus[g].Unlock()
	})
}

// Size is what a Mutex occupies, in bytes.
const Size = unsafe.Sizeof(lock.Mutex{})
