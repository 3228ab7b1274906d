// Package bbuf has the bounded buffer of the textbook: producers that wait while it is full, consumers that wait
// while it is empty.
//
//	b := bbuf.New[string](10)
//	err := b.Put(ctx, "a")    // waits for room, or until ctx ends or the buffer is closed
//	v, err := b.Get(ctx)      // waits for an item
//	for v := range b.All(ctx) // until it is closed and drained
//
// Against a channel it has a context in every call that waits, batches, a Close that may be called twice and
// by anybody, and draining; and a buffer of more than a few slots is faster.
// Unlike a channel it cannot stand in a select, and has no unbuffered form.
//
// Waiting with a full or an empty buffer is as good a way into a deadlock as waiting for a lock. The calls
// that wait appear among the waits of package lockorder; who also says
// who produces and who consumes, by [Buffer.Producer] and [Buffer.Consumer], is told at once when they wait for each other.
package bbuf
