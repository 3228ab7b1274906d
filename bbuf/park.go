package bbuf

import "context"

// park waits until w, which is queued on a side, is woken, or takes it out because ctx has ended and returns
// ctx's cause. If somebody has served w meanwhile, the call has succeeded and the context comes too late.
func (b *Buffer[T]) park(ctx context.Context, w *waiter[T], s *side[T]) error {
	t := w.Value.ticket
	b.detector.block(t, s == b.put)
	err := b.sleep(ctx, w, s)
	b.detector.unblock(t)
	return err
}

func (b *Buffer[T]) sleep(ctx context.Context, w *waiter[T], s *side[T]) error {
	done := ctx.Done()
	if done == nil {
		<-w.Ready()
		return nil
	}
	select {
	case <-w.Ready():
		return nil
	case <-done:
	}
	if b.withdraw(w, s) {
		return context.Cause(ctx)
	}
	<-w.Ready()
	return nil
}

// withdraw takes w out of its queue and reports false if it has been served.
func (b *Buffer[T]) withdraw(w *waiter[T], s *side[T]) bool {
	guard, waiting := &s.word, &b.putWaiting
	if s == b.get {
		waiting = &b.getWaiting
		if b.oneLock {
			guard = &b.put.word
		}
	}
	v := guard.Lock()
	queued := w.Queued()
	if queued {
		s.queue.Remove(w)
		if s.queue.Empty() {
			waiting.Store(0)
		}
	}
	guard.Unlock(v)
	return queued
}
