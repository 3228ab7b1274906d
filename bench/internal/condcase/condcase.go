// Package condcase measures condition variables: ours and sync's.
package condcase

import (
	"context"
	"sync"
	"testing"

	"github.com/interlock-go/interlock/cond"
)

// Cond is what both have. The call through the interface is the same for both and small against a wake-up; where it
// is not, in Signal without waiters, each has a loop of its own.
type Cond interface {
	Wait()
	Signal()
	Broadcast()
}

// Sync and Ours make a condition variable with lock l.
func Sync(l sync.Locker) Cond { return sync.NewCond(l) }

// Ours is Sync for package cond.
func Ours(l sync.Locker) Cond { return cond.New(l) }

// SignalSync signals where nobody waits.
func SignalSync(b *testing.B) {
	c := sync.NewCond(new(sync.Mutex))
	for range b.N {
		c.Signal()
	}
}

// SignalOurs is SignalSync for package cond.
func SignalOurs(b *testing.B) {
	c := cond.New(new(sync.Mutex))
	for range b.N {
		c.Signal()
	}
}

// RoundTrip has two goroutines wake each other in turn.
func RoundTrip(b *testing.B, l sync.Locker, open func(sync.Locker) Cond) {
	ping, pong := open(l), open(l)
	turn(b, l, ping.Wait, pong.Wait, ping.Signal, pong.Signal)
}

// turn plays ping-pong with waits and signals under l.
func turn(b *testing.B, l sync.Locker, waitPing, waitPong, signalPing, signalPong func()) {
	b.ReportAllocs()
	ours := true
	var wg sync.WaitGroup
	wg.Go(func() {
		l.Lock()
		for range b.N {
			for ours {
				waitPong()
			}
			ours = true
			signalPing()
		}
		l.Unlock()
	})
	l.Lock()
	for range b.N {
		for !ours {
			waitPing()
		}
		ours = false
		signalPong()
	}
	l.Unlock()
	wg.Wait()
}

// ContextOurs is RoundTrip where every wait has a context that could end.
func ContextOurs(b *testing.B) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	var l sync.Mutex
	ping, pong := cond.New(&l), cond.New(&l)
	wait := func(c *cond.Cond) func() {
		return func() {
			if err := c.WaitContext(ctx); err != nil {
				panic(err)
			}
		}
	}
	turn(b, &l, wait(ping), wait(pong), ping.Signal, pong.Signal)
}

// ContextSync does the same by the recipe of package context: a Broadcast from AfterFunc when the context ends.
func ContextSync(b *testing.B) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	var l sync.Mutex
	ping, pong := sync.NewCond(&l), sync.NewCond(&l)
	wait := func(c *sync.Cond) func() {
		return func() {
			stop := context.AfterFunc(ctx, func() {
				c.L.Lock()
				defer c.L.Unlock()
				c.Broadcast()
			})
			defer stop()
			c.Wait()
			if ctx.Err() != nil {
				panic(ctx.Err())
			}
		}
	}
	turn(b, &l, wait(ping), wait(pong), ping.Signal, pong.Signal)
}

// Broadcast wakes n waiters at once; an operation is one of them.
func Broadcast(b *testing.B, n int, open func(sync.Locker) Cond) {
	var l sync.Mutex
	c, back := open(&l), open(&l)
	round, waiting, over := 0, 0, false
	var wg sync.WaitGroup
	for range n {
		wg.Go(func() {
			l.Lock()
			defer l.Unlock()
			for seen := 0; !over; seen = round {
				if waiting++; waiting == n {
					back.Signal()
				}
				for round == seen && !over {
					c.Wait()
				}
			}
		})
	}
	all := func() {
		for waiting < n {
			back.Wait()
		}
	}
	l.Lock()
	all()
	b.ResetTimer()
	for range max(1, b.N/n) {
		round++
		waiting = 0
		c.Broadcast()
		all()
	}
	b.StopTimer()
	over = true
	c.Broadcast()
	l.Unlock()
	wg.Wait()
}
