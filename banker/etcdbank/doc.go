// Package etcdbank lets the replicas of a service share one banker through etcd.
//
// One replica leads, by election. It decides in memory, as package banker does, and
// commits what it decided in batches. Each job has a key of its own with its claim and
// what it holds, bound to the lease of the replica that owns it; what is free is nowhere
// written, but follows from the capacity and the keys. So whatever crashes, units are
// neither lost nor granted twice:
//
//	ask/LEASE/N   what job N of a replica asks for, numbered; written by the owner
//	job/LEASE/N   what it claims and holds, with the number of the last answer; written by
//	              the leader, in transactions that demand that it still leads
//
// A leader that comes after reads both at one revision and goes on: an ask without an
// answer is decided again, an answered one is not.
//
// A replica that stops renewing its lease loses its jobs when that expires, and only then are
// their units granted again. Its [Replica.Done] is closed before, by its own clock: it counts
// the lease from before each renewal was sent. Whatever the units stand for should
// also be guarded by [Job.Revision], which grows with every grant.
package etcdbank
