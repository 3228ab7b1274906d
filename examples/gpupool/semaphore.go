package main

import "context"

// semaphore counts units, as golang.org/x/sync/semaphore does.
type semaphore chan struct{}

func newSemaphore(n int) semaphore { return make(semaphore, n) }

func (s semaphore) acquire(ctx context.Context, n int64) error {
	for range n {
		select {
		case s <- struct{}{}:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	return nil
}

func (s semaphore) release(n int64) {
	for range n {
		<-s
	}
}

// counted is a pool of two semaphores, taken in the same order by everybody: an order of
// locks does not help those who take a part, hold it and come back for more.
type counted struct {
	moved    func()
	gpu, mem semaphore
}

func (c *counted) run(ctx context.Context, _ string, f func(func(gpus, mem int64) error) error) error {
	var g, m int64
	defer func() {
		c.gpu.release(g)
		c.mem.release(m)
		c.moved()
	}()
	return f(func(gpus, mem int64) error {
		if err := c.gpu.acquire(ctx, gpus); err != nil {
			return err
		}
		g += gpus
		if err := c.mem.acquire(ctx, mem); err != nil {
			return err
		}
		m += mem
		c.moved()
		return nil
	})
}
