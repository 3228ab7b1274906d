// Package banker shares units of named resources (GPUs, memory, licences) among jobs that
// hold some and ask for more, so that no set of jobs ever waits for one another for ever.
//
// A job says beforehand what it may need at most, its claim. A request is granted at once
// if its units are free and if afterwards every job could still get all that it claimed,
// one after the other; otherwise it waits, however many units are free. This is Dijkstra's
// banker's algorithm (EWD108) for many resources (Habermann, CACM 7/1969), exact, and fast
// enough for a service; internal/safestate says how.
//
//	b, err := banker.New(banker.Capacity{"gpu": 8, "mem": 640})
//	…
//	err = banker.Do(ctx, b, "train-7", banker.Claim{banker.Of("gpu", 4), banker.Of("mem", 96)},
//		func(job *banker.Job) error {
//			if err := job.Acquire(ctx, banker.Of("gpu", 1), banker.Of("mem", 32)); err != nil {
//				return err
//			}
//			…
//			return job.Acquire(ctx, banker.Of("gpu", 3))
//		})
//
// Two simpler rules come with it: a job that takes all at once, by AcquireRest, is never
// unsafe; and one that holds nothing cannot be part of a deadlock.
//
// What has to hold: jobs finish, in the sense that a job that gets all it claimed
// gives everything back sooner or later. A job that waits for something outside its claim,
// a lock say, can break that; such rings are found, see [Job.Acquire].
//
// # Fairness
//
// Whoever can go on goes on, past those who cannot: waiting strictly in line deadlocks
// (Holt's artificial deadlocks; golang.org/x/sync/semaphore has them). So that a large job is not
// overtaken for ever by small ones, the oldest waiter is overtaken by at most a set number of
// grants ([WithOvertaking]). Then its job is pinned at the first place of the safe order
// where its whole need fits. The jobs in front of it go on until they are done; nobody else
// gets anything that would delay it.
//
// # What it costs
//
// A decision takes about a microsecond with few jobs and one resource, and up to 10 µs with 100,000 jobs and 64 resources: it depends
// on how many jobs a request displaces, not on how many there are. One lock guards a banker, and a call that need not wait
// allocates nothing. A job takes some hundred bytes, and 16 more a resource. The folder bench has the figures, with their limits.
package banker
