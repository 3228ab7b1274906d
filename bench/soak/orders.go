package main

import (
	"fmt"
	"sync"

	"github.com/interlock-go/interlock/lockorder"
	"github.com/interlock-go/interlock/mutex"
)

// Findings on orders are told once for their places in the program and their classes. So each
// plant brings classes of its own.

// classed returns n locks with a class each.
func classed(p *plant, n int) (locks []*mutex.RWMutex, classes []*lockorder.Class) {
	for i := range n {
		c := lockorder.NewClass(fmt.Sprintf("%v/%d", p, i))
		m := new(mutex.RWMutex)
		mutex.SetClass(m, c)
		locks, classes = append(locks, m), append(classes, c)
	}
	return locks, classes
}

// inTurn runs functions one after the other, each on a goroutine of the plant.
func (p *plant) inTurn(fs ...func()) {
	for _, f := range fs {
		var done sync.WaitGroup
		done.Add(1)
		p.start(func() {
			defer done.Done()
			f()
		})
		done.Wait()
	}
}

// nested locks one lock inside another.
func nested(first, second *mutex.RWMutex) {
	first.Lock()
	defer first.Unlock()
	second.Lock()
	defer second.Unlock()
}

// inversion takes locks in orders that form a cycle, one after the other. The twin's last order is the other way round.
func inversion(p *plant) {
	n := 2 + int(p.seed%3)
	locks, _ := classed(p, n)
	p.expect(n)
	for i := range n {
		first, second := locks[i], locks[(i+1)%n]
		if p.twin && i == n-1 {
			first, second = second, first
		}
		p.inTurn(func() { nested(first, second) })
	}
}

// readTwice reads twice in one goroutine. The twin reads two locks.
func readTwice(p *plant) {
	locks, _ := classed(p, 2)
	second := locks[0]
	if p.twin {
		second = locks[1]
	}
	p.expect(1)
	p.inTurn(func() {
		locks[0].RLock()
		defer locks[0].RUnlock()
		second.RLock()
		defer second.RUnlock()
	})
}

// disorder breaks a declared order.
func disorder(p *plant) {
	locks, classes := classed(p, 2)
	lockorder.Order(classes...)
	p.expect(1)
	p.inTurn(func() {
		if p.twin {
			nested(locks[0], locks[1])
		} else {
			nested(locks[1], locks[0])
		}
	})
}

// gated inverts two locks under a third. The twin does not invert.
func gated(p *plant) {
	locks, _ := classed(p, 3)
	gate, a, b := locks[0], locks[1], locks[2]
	under := func(first, second *mutex.RWMutex) func() {
		return func() {
			gate.Lock()
			defer gate.Unlock()
			nested(first, second)
		}
	}
	p.expect(2)
	if p.twin {
		p.inTurn(under(a, b), under(a, b))
	} else {
		p.inTurn(under(a, b), under(b, a))
	}
}

// alone inverts two locks in one goroutine.
func alone(p *plant) {
	locks, _ := classed(p, 2)
	p.expect(2)
	p.inTurn(func() {
		nested(locks[0], locks[1])
		if !p.twin {
			nested(locks[1], locks[0])
		}
	})
}

// kinds are all ways to plant a fault.
var kinds = []kind{
	{name: "mutexes", want: ring, echoes: []expectation{inverted}, run: mutexRing},
	{name: "writers", want: ring, echoes: []expectation{inverted}, run: writerRing},
	{name: "readers", want: ring, echoes: []expectation{inverted}, run: readerRing},
	{name: "itself", want: self, run: selfRing},
	{name: "once", want: ring, echoes: []expectation{inverted}, run: onceRing},
	{name: "buffer+mutex", want: ring, echoes: []expectation{holding}, run: bufferRing},
	{name: "cond+mutex", want: ring, echoes: []expectation{holding}, run: condRing},
	{name: "banker+mutex", want: ring, echoes: []expectation{holding}, run: bankerRing},
	{name: "two bankers", want: ring, run: bankersRing},
	{name: "pi+mutex", want: ring, run: piRing},
	{name: "pi cycle", run: piCycle},
	{name: "buffer+mutex, kept", want: ring, echoes: []expectation{holding}, kept: true, run: bufferRing},
	{name: "cond+mutex, kept", want: ring, echoes: []expectation{holding}, kept: true, run: condRing},
	{name: "buffer+cond, kept", want: ring, kept: true, run: bothRing},
	{name: "inversion", want: inverted, kept: true, run: inversion},
	{name: "read twice", want: expectation{lockorder.NeedsWriter, lockorder.KindSelf}, kept: true, run: readTwice},
	{name: "declared order", want: expectation{lockorder.Violation, lockorder.KindDeclaredOrder}, kept: true, run: disorder},
	{name: "guarded", want: expectation{lockorder.Guarded, lockorder.KindInversion}, kept: true, run: gated},
	{name: "one goroutine", want: expectation{lockorder.Ordered, lockorder.KindInversion}, kept: true, run: alone},
}
