package main

import (
	"context"
	"sync"

	"github.com/interlock-go/interlock/banker"
	"github.com/interlock-go/interlock/bbuf"
	"github.com/interlock-go/interlock/cond"
	"github.com/interlock-go/interlock/lockorder"
	"github.com/interlock-go/interlock/mutex"
	"github.com/interlock-go/interlock/pi"
)

// plants are mistakes in the server, by the name that -plant has for them. The error is that of a call that was refused. README.md
// shows what is reported.
var plants = map[string]func(*server) error{
	"potential": potential,
	"ring":      ring,
	"refused":   refused,
	"readers":   readers,
	"order":     order,
	"buffer":    buffer,
	"cond":      warmUp,
	"banker":    waitForGPU,
	"pi":        priorities,
	"hold":      hold,
}

// inTurn runs functions in goroutines of their own, each after the one before it has ended.
func inTurn(functions ...func()) {
	for _, f := range functions {
		var wg sync.WaitGroup
		wg.Go(f)
		wg.Wait()
	}
}

// atOnce runs functions in goroutines of their own. Each gets a function that waits until all have called it.
func atOnce(functions ...func(meet func())) {
	var wg, met sync.WaitGroup
	met.Add(len(functions))
	for _, f := range functions {
		wg.Go(func() {
			f(func() {
				met.Done()
				met.Wait()
			})
		})
	}
	wg.Wait()
}

// evict counts what it throws out while it has the cache.
func (c *cache) evict(meet func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	meet()
	c.stats.Lock()
	defer c.stats.Unlock()
	delete(c.at, c.oldest())
}

// ratio reads the cache while it has the counts.
func (c *cache) ratio(meet func()) float64 {
	c.stats.Lock()
	defer c.stats.Unlock()
	meet()
	c.mu.RLock()
	defer c.mu.RUnlock()
	return float64(c.hits) / float64(len(c.at)+1)
}

// potential evicts and asks for the ratio, one after the other: nothing hangs.
func potential(s *server) error {
	inTurn(
		func() { s.cache.evict(func() {}) },
		func() { s.cache.ratio(func() {}) },
	)
	return nil
}

// ring does both at once.
func ring(s *server) error {
	atOnce(s.cache.evict, func(meet func()) { s.cache.ratio(meet) })
	return nil
}

// refused is ring with a call that would rather fail.
func refused(s *server) (err error) {
	c := s.cache
	atOnce(c.evict, func(meet func()) {
		c.stats.Lock()
		defer c.stats.Unlock()
		meet()
		if err = mutex.RLockContext(context.Background(), &c.mu); err == nil {
			c.mu.RUnlock()
		}
	})
	return err
}

// has looks a model up.
func (c *cache) has(name string) bool {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.at[name] != nil
}

// readers looks models up while it reads the cache.
func readers(s *server) error {
	inTurn(func() {
		s.cache.mu.RLock()
		defer s.cache.mu.RUnlock()
		for i := range models {
			s.cache.has(modelName(i))
		}
	})
	return nil
}

// order declares that the counts come last, and does not keep to it.
func order(s *server) error {
	lockorder.Order(cacheClass, statsClass)
	inTurn(func() { s.cache.ratio(func() {}) })
	return nil
}

// buffer has a loader that keeps the cache while it waits for room, and a consumer that needs the cache for each row.
func buffer(s *server) error {
	b := bbuf.New[string](1)
	atOnce(
		func(meet func()) {
			defer b.Producer()()
			meet()
			s.cache.mu.RLock()
			defer s.cache.mu.RUnlock()
			for i := range models {
				_ = b.Put(context.Background(), modelName(i))
			}
		},
		func(meet func()) {
			defer b.Consumer()()
			meet()
			for name := range b.All(context.Background()) {
				s.cache.add(name)
			}
		},
	)
	return nil
}

// warmUp has a request wait for a word with the cache locked, and the only one who could say it needs the cache.
func warmUp(s *server) error {
	var mu mutex.Mutex
	mutex.SetClass(&mu, lockorder.NewClass("warm"))
	isWarm := cond.New(&mu)
	warm := false
	atOnce(
		func(meet func()) {
			s.cache.mu.RLock()
			defer s.cache.mu.RUnlock()
			mu.Lock()
			defer mu.Unlock()
			meet()
			for !warm {
				isWarm.Wait()
			}
		},
		func(meet func()) {
			defer isWarm.Signaller()()
			meet()
			s.cache.add(modelName(0))
			mu.Lock()
			defer mu.Unlock()
			warm = true
			isWarm.Signal()
		},
	)
	return nil
}

// waitForGPU waits for GPUs with the cache locked, and who has them needs the cache before it gives them back.
func waitForGPU(s *server) error {
	pool := newGPUs() // of its own, so that no other request gives any back
	var failed [2]error
	ctx := context.Background()
	atOnce(
		func(meet func()) {
			s.cache.mu.Lock()
			defer s.cache.mu.Unlock()
			meet()
			failed[0] = banker.Do(ctx, pool, "reload", units(1), func(j *banker.Job) error { return j.AcquireRest(ctx) })
		},
		func(meet func()) {
			failed[1] = banker.Do(ctx, pool, "batch", units(gpus), func(j *banker.Job) error {
				err := j.AcquireRest(ctx)
				meet()
				s.cache.oldestNow()
				return err
			})
		},
	)
	if failed[0] != nil {
		return failed[0]
	}
	return failed[1]
}

func (c *cache) oldestNow() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.oldest()
}

// priorities has a batch job hold the usage and ask for the cache, and a request hold the cache and ask for the usage.
func priorities(s *server) error {
	e := pi.NewExecutor(pi.WithSlots(2))
	var usage pi.Mutex
	usage.SetName("usage")
	var failed error
	atOnce(
		func(meet func()) {
			_ = e.Do(context.Background(), batch, func(_ context.Context, t *pi.Task) error {
				usage.Lock(t)
				defer usage.Unlock(t)
				t.Block(func() {
					meet()
					s.cache.oldestNow()
				})
				return nil
			})
		},
		func(meet func()) {
			failed = e.Do(context.Background(), interactive, func(ctx context.Context, t *pi.Task) error {
				t.Block(func() { s.cache.mu.Lock() })
				defer s.cache.mu.Unlock()
				t.Block(meet)
				if err := usage.LockContext(ctx, t); err != nil {
					return err
				}
				usage.Unlock(t)
				return nil
			})
		},
	)
	return failed
}

// session is locked while a user is served.
var session mutex.Mutex

// hold forgets to unlock it on an early return.
func hold(s *server) error {
	mutex.SetClass(&session, lockorder.NewClass("session"))
	inTurn(func() {
		session.Lock()
		if _, err := s.cache.get("no such model"); err != nil {
			return
		}
		session.Unlock()
	})
	return nil
}
