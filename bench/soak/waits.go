package main

import (
	"context"
	"sync"

	"github.com/interlock-go/interlock/bbuf"
	"github.com/interlock-go/interlock/cond"
	"github.com/interlock-go/interlock/mutex"
)

// askFor locks and unlocks m, by a call that can be refused or by one that cannot.
func askFor(p *plant, m *mutex.Mutex) {
	if p.kind.kept {
		pass(m)
		return
	}
	if !p.refused(mutex.LockContext(context.Background(), m)) {
		m.Unlock()
	}
}

// bufferRing has a producer wait for room with a lock held that the only consumer needs first. The twin's consumer
// takes an item first.
func bufferRing(p *plant) {
	size := 1 + int(p.seed%40)
	b := bbuf.New[int](size)
	for i := range size {
		if err := b.TryPut(i); err != nil {
			p.l.fail("plant %d: %v", p.id, err)
		}
	}
	var m mutex.Mutex
	registered, held := make(chan struct{}), make(chan struct{})
	p.start(func() {
		defer b.Consumer()()
		close(registered)
		<-held
		p.expect(2)
		if p.twin {
			_, _ = b.TryGet()
		}
		askFor(p, &m)
		for range b.All(context.Background()) {
		}
	})
	p.start(func() {
		defer b.Producer()()
		<-registered
		m.Lock()
		close(held)
		if err := b.Put(context.Background(), -1); err != nil {
			p.l.fail("plant %d: %v", p.id, err)
		}
		m.Unlock()
		b.Close()
	})
	if p.kind.kept && !p.twin {
		p.await()
		_, _ = b.TryGet() // makes room, so that they go on
	}
}

// condRing has a waiter keep a lock that the only signaller needs first.
func condRing(p *plant) {
	var m, other mutex.Mutex
	c := cond.New(&m)
	said := false
	say := func() {
		m.Lock()
		said = true
		m.Unlock()
		c.Signal()
	}
	registered, held := make(chan struct{}), make(chan struct{})
	p.start(func() {
		defer c.Signaller()()
		close(registered)
		<-held
		p.expect(2)
		if !p.twin {
			askFor(p, &other)
		}
		say()
	})
	p.start(func() {
		<-registered
		other.Lock()
		defer other.Unlock()
		m.Lock()
		defer m.Unlock()
		close(held)
		for !said {
			c.Wait()
		}
	})
	if p.kind.kept && !p.twin {
		p.await()
		say()
	}
}

// bothRing has a producer wait for a word of its only consumer, who waits for an item.
func bothRing(p *plant) {
	b := bbuf.New[int](1 + int(p.seed%40))
	var m mutex.Mutex
	c := cond.New(&m)
	asked := false
	ask := func() {
		m.Lock()
		asked = true
		m.Unlock()
		c.Signal()
	}
	var registered sync.WaitGroup
	registered.Add(2)
	p.start(func() {
		defer b.Producer()()
		registered.Done()
		registered.Wait()
		m.Lock()
		for !asked {
			c.Wait()
		}
		m.Unlock()
		if err := b.Put(context.Background(), 1); err != nil {
			p.l.fail("plant %d: %v", p.id, err)
		}
	})
	p.start(func() {
		defer b.Consumer()()
		defer c.Signaller()()
		registered.Done()
		registered.Wait()
		p.expect(2)
		if p.twin {
			ask()
		}
		if _, err := b.Get(context.Background()); err != nil {
			p.l.fail("plant %d: %v", p.id, err)
		}
	})
	if !p.twin {
		p.await()
		ask()
	}
}
