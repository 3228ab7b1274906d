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
// # What is found
//
// Waiting with a full or an empty buffer is as good a way into a deadlock as waiting for a lock. A program that says
// who produces and who consumes, by [Buffer.Producer] and [Buffer.Consumer], is told at once when they wait for each other, also through
// locks, conditions and other buffers. A call that waits with a lock of package mutex held is listed as a hazard. A call whose
// context can end takes part in no deadlock and is not shown among the waits of package lockorder.
//
// # What it costs
//
// No operation allocates, and a parked call takes no processor time. A buffer takes some 1,000 bytes beside its slots. One of a few slots
// is up to a third slower than a channel, one of 64 or more faster, several times so in batches; the folder bench has the figures, with
// their limits. With the build tag interlock_off the same code runs, without the detector.
package bbuf
