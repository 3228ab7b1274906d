// Package safestate decides which requests for shared units can be granted so that every
// job can still get all that it claimed: the banker's problem of Dijkstra (EWD108, EWD623)
// for many resources (Habermann, CACM 7/1969). It is pure and deterministic: no goroutine,
// no clock, no lock. What it decides depends on the calls alone.
//
// n jobs hold units of m resources. A job has a claim, holds a part of it and may need the
// rest. A state is safe if the holders can be put in an order in which each one's need is
// covered by the free units and by what those before it hold.
//
// # Lemmas
//
//	L0  A job that holds nothing cannot make a state unsafe: it can wait for all others.
//	L1  If the whole need of the one that asks is free, any request within its claim is safe.
//	L2  From a safe state it is enough to reach the one that asks: behind it the old order holds.
//	L3  A grant turns no refusal into a safe request. Only units given back, claims lowered
//	    and capacity added can.
//	L4  A refusal yields the stuck set and the units that all others would leave it. It
//	    stands until members of the set give back, of one of the resources on which a
//	    member waits, as much as its nearest member lacks.
//	L5  In a stored order let slack be what is there for a job beyond its need. A grant of q
//	    to p keeps the order if and only if every job before p has slack of q or more. The
//	    one that asks may always be moved to the first place where it fits.
//
// # Deferral scan
//
// [State] keeps a safe order of the holders in blocks of about √n jobs, with the units
// held in each block and a lower bound of the slack in it, relative to the block's
// beginning. A request walks the order. As long as nobody is displaced, what is missing is
// what was asked for, of few resources; a block whose slack covers that is passed in one
// comparison per resource. A job that no longer fits is deferred: what it holds is missing
// too, until there is enough again of the resource on which it waits. The walk ends where
// the one that asks fits (L2). Jobs deferred until then are moved behind it.
//
// Bounds are lowered by whatever may have lowered the slack, and made exact when a block
// has to be looked at job by job, so that keeping them costs a request nothing.
//
// # Cascade
//
// A walk to the end, which a refusal takes, looks at nearly everybody if nearly everybody
// is stuck; in a tight state that is the rule. So each holder watches one resource of its
// claim, in a heap by need (after Holt, Computing Surveys 4(3), 1972). A cascade lets those
// at the tops finish whose need is free, without regard to the order, and is at its end
// when the tops of all resources need more than there is: O(m) if nobody can finish. The
// one watched is changed for another when it is free and that is not.
//
// Where a few are stuck the walk is short, where a few can finish the cascade is. They take
// turns, each with more time than before, until one has decided.
//
// [Queue] adds those who wait, whom a release can help, and the bound on being overtaken.
package safestate
