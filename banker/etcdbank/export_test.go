package etcdbank

import "errors"

var errKilled = errors.New("killed")

// Kill stops the replica as a crash does: it says nothing, and its lease runs out.
func (r *Replica) Kill() {
	r.lost(errKilled)
	r.work.Wait()
}

// Lease returns the replica's lease.
func (r *Replica) Lease() int64 { return int64(r.lease) }

// StopRenewing lets the lease run out, as in a process that cannot reach etcd.
func (r *Replica) StopRenewing() { r.silent.Store(true) }
