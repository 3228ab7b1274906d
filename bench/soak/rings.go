package main

import (
	"context"
	"errors"
	"sync"

	"github.com/interlock-go/interlock/lockorder"
	"github.com/interlock-go/interlock/mutex"
)

var (
	ring     = expectation{lockorder.Deadlock, lockorder.KindRing}
	self     = expectation{lockorder.Deadlock, lockorder.KindSelf}
	inverted = expectation{lockorder.Potential, lockorder.KindInversion}
	holding  = expectation{lockorder.Hazard, lockorder.KindWaitHolding}
)

// refusal returns the report of a call that was refused.
func refusal(err error) (lockorder.Report, bool) {
	if e, ok := errors.AsType[*lockorder.DeadlockError](err); ok {
		return e.Report, true
	}
	return lockorder.Report{}, false
}

// pass locks m and lets it go.
func pass(m *mutex.Mutex) {
	m.Lock()
	defer m.Unlock()
}

// ringOf makes as many goroutines hold a lock each and ask for the next one's; the first asks by a call that
// can be refused. Its twin has the last one take its two locks the other way round.
func ringOf[L any](p *plant, n int, hold func(*L), ask func(*L), askContext func(context.Context, *L) error, drop, end func(*L)) {
	locks := make([]L, n)
	var held sync.WaitGroup
	held.Add(n)
	for i := range n {
		p.start(func() {
			first, second := &locks[i], &locks[(i+1)%n]
			if p.twin && i == n-1 {
				first, second = second, first
			}
			hold(first)
			if !p.twin { // the twin could not get past here
				held.Done()
				held.Wait()
				if i == 0 {
					p.expect(n)
				}
			}
			if i > 0 {
				ask(second)
			} else if err := askContext(context.Background(), second); err != nil {
				p.refused(err)
				drop(first)
				return
			}
			end(second)
			drop(first)
		})
	}
}

func mutexRing(p *plant) {
	ringOf(p, 2+int(p.seed%3), (*mutex.Mutex).Lock, (*mutex.Mutex).Lock, mutex.LockContext[*mutex.Mutex],
		(*mutex.Mutex).Unlock, (*mutex.Mutex).Unlock)
}

func writerRing(p *plant) {
	ringOf(p, 2+int(p.seed%3), (*mutex.RWMutex).Lock, (*mutex.RWMutex).Lock, mutex.LockContext[*mutex.RWMutex],
		(*mutex.RWMutex).Unlock, (*mutex.RWMutex).Unlock)
}

// readerRing has everybody read, and ask to write what the next one reads.
func readerRing(p *plant) {
	ringOf(p, 2+int(p.seed%3), (*mutex.RWMutex).RLock, (*mutex.RWMutex).Lock, mutex.LockContext[*mutex.RWMutex],
		(*mutex.RWMutex).RUnlock, (*mutex.RWMutex).Unlock)
}

// selfRing asks for a lock that its goroutine holds.
func selfRing(p *plant) {
	p.start(func() {
		var m, other mutex.Mutex
		m.Lock()
		defer m.Unlock()
		second := &m
		if p.twin {
			second = &other
		}
		p.expect(1)
		if !p.refused(mutex.LockContext(context.Background(), second)) {
			second.Unlock()
		}
	})
}

// onceRing has an action that needs a lock whose holder waits for the action.
func onceRing(p *plant) {
	var m mutex.Mutex
	var once mutex.Once
	inside, holds := make(chan struct{}), make(chan struct{})
	p.start(func() {
		once.Do(func() {
			close(inside)
			if p.twin {
				return
			}
			<-holds
			p.expect(2)
			if !p.refused(mutex.LockContext(context.Background(), &m)) {
				m.Unlock()
			}
		})
	})
	p.start(func() {
		<-inside
		m.Lock()
		defer m.Unlock()
		close(holds)
		once.Do(func() { p.l.fail("plant %d: the action ran twice", p.id) })
	})
}
