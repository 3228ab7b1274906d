// Package engine is the detector: it knows what every goroutine holds and waits for,
// records the orders in which locks are taken, and says what is wrong with them.
//
// # One lock, from the call to the report
//
// A lock brings a Core and makes these calls around its own operations:
//
//	fast path   Core.Record, Record.Runs       is the goroutine that locked last the one that locks
//	            Record.Idle or Ready           does it hold nothing, or a set under which the order is known
//	            Push; Innermost, Pop           note the hold; forget it
//	slow path   Enter                          find or make the goroutine's record              enter.go, registry.go
//	            Record.Before                  look the order up, or learn it                   order.go
//	              describe                     name request and holds; what is declared of it?  classes.go
//	              rule.Base, note              record the dependency and its stacks             dependency.go, ageing.go
//	              judge                        does it complete a cycle that is news?           judge.go
//	            Record.Block, Unblock          publish the wait; does it close a ring?          wait.go
//	              suspects                     follow owner words; nearly always: no            wait.go
//	              ring, search                 copy and solve the wait-for graph                ring.go, walk.go
//	              ringFinding, refuse          describe it; end a call that can fail            ringfinding.go, refusal.go
//	            Record.Acquired, Released      note the hold; forget it, wherever it stands     release.go
//	            Emit                           give the News to who asked for them              sink.go
//
// A primitive that is no lock has a Condition for each thing that can be waited for, and a Waiter per
// wait, which do all of that for it.
//
// # The files
//
//	the words of a lock         core.go, request.go
//	what a goroutine holds      record.go, held.go, registry.go, enter.go, release.go, handoff.go, holding.go, whole.go
//	all that is recorded        engine.go
//	which orders there are      order.go, dependency.go, judge.go, ageing.go, locks.go, bind.go, sweep.go, classes.go,
//	                            phase.go
//	who waits for whom          wait.go, condition.go, wakers.go, waiter.go, ring.go, walk.go, refusal.go, ringfinding.go,
//	                            hazard.go
//	what is told, and to whom   finding.go, naming.go, fill.go, news.go, sink.go, listener.go, ask.go, state.go, reset.go
//	stores that are read        store_tso.go, store_atomic.go
//
// What needs neither locks nor goroutines has packages of its own: rule, ordergraph and waitgraph
// decide; discipline, fingerprint, hashtable, heldset, stackdepot and wordset keep.
//
// Orders and waits are one package because both are read off the same record at the same time. A walk over
// waits reads other goroutines' held sets, in-boxes and states while they may change, by the
// rules stated at Record and walk; a finding of either names locks by the same nodes and is counted in the
// same table, under the same lock. Apart they would export all fields of Record, and with them those rules.
//
// # Locking
//
// The fast paths take no lock and write nothing but the goroutine's own record and the
// lock's own Core. Everything recorded lies behind one mutex, engine.mu. waiting.mu guards the list of blocked
// goroutines and the walk; registry.mu is taken when a goroutine is first seen. Their
// order: waiting.mu, engine.mu, registry.mu.
//
// # The race detector
//
// All of this happens on the program's goroutines. If its synchronization were visible,
// the race detector would take unrelated critical sections for ordered and miss races.
// So callers wrap it in quiet sections, and every function here is marked go:norace.
package engine
