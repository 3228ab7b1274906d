// Package wakers shows the detector the calls that wait for an event (a signal, room, an item) and the goroutines that could end
// their waits. It is what packages cond and bbuf have in common beside their queues: what the detector knows is
// made by the first who needs it, and so a condition or buffer that nobody watches pays one word and one load of it.
//
// A call that waits goes through it in this order, with a lock of the client's that guards its queue:
//
//	t := e.Ticket(kind)  // if e.Watched() and nothing but a waker can end the call
//	lock; queue it; unlock
//	e.Hazard(kind)
//	t.Block()
//	park                  // the waker: lock; take it off the queue; t.Woken(); unlock; unpark
//	t.Unblock()
package wakers
