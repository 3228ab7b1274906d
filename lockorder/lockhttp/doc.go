// Package lockhttp shows a running program's locks on a page, in the manner of
// net/http/pprof: who waits for whom, the orders and findings, the longest holds
// and waits, the tables of bankers and the tasks of executors.
//
//	http.Handle("/debug/lockorder/", lockhttp.Handler())
//
// Importing the package does nothing: there is no page until the handler is
// mounted. It needs no network but the one it is served on, and starts no goroutine.
//
// The page shows names of functions, files, locks and jobs to whoever can reach
// it, and each look takes as long as [lockorder.Snapshot]. It is not for the open
// internet: mount it where pprof may be mounted, such as on a server of its own
// that listens on localhost.
//
// # Views and their JSON
//
// Below the path at which the handler is mounted, which must end in a slash:
//
//	./         waits.json      [Waits]      who waits for whom now
//	orders     orders.json     [Orders]     the order graph and the findings
//	times      times.json      [Times]      longest waits and holds
//	bankers    bankers.json    [Bankers]    tables of those given by [WithBanker]
//	executors  executors.json  [Executors]  tasks and timelines of those given by [WithExecutor]
//
// The names of the JSON fields are stable. The pages refresh themselves every
// second, and work without scripts, by reloading.
//
// # What is not seen
//
// The detector knows waits for locks, and those that others must end if these
// have registered (Producer, Consumer, Signaller, banker.Do). Other waits for a
// condition, a buffer or a semaphore, and those that a context can end, are counted by
// the line that waits, from [lockorder.Parked], at most every two seconds.
//
// Nothing is timed while nobody looks: times count from the first look at which
// the same wait or hold was seen, so each is a lower bound.
package lockhttp
