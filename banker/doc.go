// Package banker shares units of named resources (GPUs, memory, licences) among jobs that
// hold some and ask for more, so that no set of jobs ever waits for one another for ever.
//
// A job says beforehand what it may need at most, its claim. A request is granted at once
// if its units are free and if afterwards every job could still get all that it claimed,
// one after the other; otherwise it waits, however many units are free. This is Dijkstra's
// banker's algorithm (E. W. Dijkstra, EWD108, 1964–1967, and EWD623, 1977) for many resources
// (A. N. Habermann, Prevention of System Deadlocks, CACM 12(7), 1969), exact, and fast enough for
// a service; internal/safestate says how.
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
// Units are whole numbers of whatever the caller counts: cards, megabytes, tokens. They are not
// negative, and no sum of them exceeds an int64. A request, a claim or a release may name a
// resource more than once; its amounts are added up. An empty request is granted at once.
//
// Two simpler rules come with it: a job that takes all at once, by AcquireRest, is never
// unsafe; and one that holds nothing cannot be part of a deadlock.
//
// What has to hold: jobs finish, in the sense that a job that gets all it claimed
// gives everything back sooner or later. A job that waits for something outside its claim,
// a lock say, can break that; such rings are found, see [Job.Acquire].
//
// # Errors
//
// A call that returns an error has changed nothing. Errors are the variables below, to be compared with
// errors.Is; the cause of a context that ended; or a [lockorder.DeadlockError] for a wait that would
// never end. Of several reasons the first is told in this order: the context, a closed job, a number or
// name that cannot be, the claim, units that are not free, safety and fairness. ErrUnavailable, ErrUnsafe and
// ErrUnfair come from calls that do not wait and say "not now"; [Job.Explain] says what would have to happen
// first. The others say "not so": asking again without another change gets the same answer.
//
// # Fairness
//
// Whoever can go on goes on, past those who cannot: waiting strictly in line deadlocks
// (Holt's artificial deadlocks; golang.org/x/sync/semaphore has them). So that a large job is not
// overtaken for ever by small ones, the oldest waiter is overtaken by at most a set number of
// grants ([WithOvertaking]). Then its job is pinned at the first place of the safe order
// where its whole need fits. The jobs in front of it go on until they are done; nobody else
// gets anything that would delay it, its own other calls included. Who asks for nothing overtakes nobody.
//
// # What it costs
//
// A decision takes about a microsecond with few jobs and one resource, and up to 10 µs with 100,000 jobs and 64 resources: it depends
// on how many jobs a request displaces, not on how many there are. One lock guards a banker, and a call that need not wait
// allocates nothing. A job takes some hundred bytes, and 16 more a resource. The folder bench has the figures, with their limits.
package banker
