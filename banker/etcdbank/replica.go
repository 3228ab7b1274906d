package etcdbank

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	clientv3 "go.etcd.io/etcd/client/v3"
	"go.etcd.io/etcd/client/v3/concurrency"

	"github.com/interlock-go/interlock/banker"
)

// Replica is one of those that share a banker. It is made by [Open].
type Replica struct {
	client *clientv3.Client
	prefix string
	names  []string
	index  map[string]int
	total  []int64
	ttl    time.Duration
	lease  clientv3.LeaseID
	leads  atomic.Bool
	silent atomic.Bool // the lease is not renewed: for tests

	ctx  context.Context // ends with the lease
	lost context.CancelCauseFunc
	work sync.WaitGroup
	asks chan sent

	mu   sync.Mutex // guards what follows
	jobs map[int64]*Job
	next int64
}

// sent is an ask on its way.
type sent struct {
	key, value string
	failed     chan error
}

// ErrLost is what the error of a call is, in the sense of [errors.Is], whose replica has lost its lease or was closed.
var ErrLost = errors.New("etcdbank: the lease is lost")

var errClosed = fmt.Errorf("%w: the replica was closed", ErrLost)

// Open joins the replicas that share the banker under prefix. All must give the same
// capacity: another one is an error, and so are negative units ([banker.ErrNegative]) and an etcd that does not answer before ctx
// ends. Jobs of a replica that is silent for ttl, at least a second, are closed: a short one frees the units of what
// has crashed sooner, a long one survives longer pauses of etcd and of the network.
//
// The replica runs until it is closed, ctx ends, or its lease is lost, with a few goroutines of its own. The client is
// the caller's and is not closed.
func Open(ctx context.Context, client *clientv3.Client, prefix string, capacity banker.Capacity, ttl time.Duration) (*Replica, error) {
	r := &Replica{
		client: client, prefix: strings.TrimSuffix(prefix, "/") + "/", ttl: ttl, index: map[string]int{},
		names: slices.Sorted(maps.Keys(capacity)), asks: make(chan sent, batch), jobs: map[int64]*Job{},
	}
	for i, n := range r.names {
		if capacity[n] < 0 {
			return nil, banker.ErrNegative
		}
		r.index[n], r.total = i, append(r.total, capacity[n])
	}
	if err := r.agree(ctx, encode(capacity)); err != nil {
		return nil, err
	}
	from := time.Now()
	lease, err := client.Grant(ctx, int64(max(ttl.Seconds(), 1)))
	if err != nil {
		return nil, err
	}
	r.lease, r.ttl = lease.ID, min(ttl, time.Duration(lease.TTL)*time.Second)
	r.ctx, r.lost = context.WithCancelCause(ctx)
	seen := client.Watch(r.ctx, r.prefix+fmt.Sprintf("job/%x/", int64(r.lease)), clientv3.WithPrefix())
	r.work.Go(func() { r.renew(from) })
	r.work.Go(func() { r.listen(seen) })
	r.work.Go(r.send)
	r.work.Go(r.campaign)
	return r, nil
}

// agree writes down the capacity, or compares it with what was written.
func (r *Replica) agree(ctx context.Context, capacity string) error {
	key := r.prefix + "capacity"
	t, err := r.client.Txn(ctx).If(clientv3.Compare(clientv3.CreateRevision(key), "=", 0)).
		Then(clientv3.OpPut(key, capacity)).Else(clientv3.OpGet(key)).Commit()
	if err != nil || t.Succeeded {
		return err
	}
	if kvs := t.Responses[0].GetResponseRange().Kvs; len(kvs) != 1 || string(kvs[0].Value) != capacity {
		return errors.New("etcdbank: the replicas disagree on the capacity")
	}
	return nil
}

// renew keeps the lease. It counts from before each renewal is sent, so that it gives the
// lease up before etcd can.
func (r *Replica) renew(from time.Time) {
	for {
		left := r.ttl - time.Since(from)
		if left <= 0 {
			r.lost(ErrLost)
			return
		}
		select {
		case <-r.ctx.Done():
			return
		case <-time.After(min(left, r.ttl/4)):
		}
		if r.silent.Load() {
			continue
		}
		sent := time.Now()
		ctx, cancel := context.WithDeadline(r.ctx, from.Add(r.ttl))
		_, err := r.client.KeepAliveOnce(ctx, r.lease)
		cancel()
		if err == nil {
			from = sent
		}
	}
}

// listen hands answers to the jobs they are for.
func (r *Replica) listen(seen clientv3.WatchChan) {
	for w := range seen {
		for _, e := range w.Events {
			_, number, _ := strings.Cut(strings.TrimPrefix(string(e.Kv.Key), r.prefix+"job/"), "/")
			var n int64
			if _, err := fmt.Sscan(number, &n); err != nil {
				continue
			}
			r.mu.Lock()
			j := r.jobs[n]
			r.mu.Unlock()
			if j == nil {
				continue
			}
			a := answer{revision: e.Kv.ModRevision, gone: e.Type == clientv3.EventTypeDelete}
			if a.gone || json.Unmarshal(e.Kv.Value, &a.record) == nil {
				select {
				case j.answers <- a:
				case <-r.ctx.Done():
				}
			}
		}
	}
	r.lost(ErrLost) // answers may have been missed
}

// send writes asks, many in one transaction.
func (r *Replica) send() {
	for {
		var some []sent
		select {
		case <-r.ctx.Done():
			return
		case s := <-r.asks:
			some = append(some, s)
		}
		for more := true; more && len(some) < batch; {
			select {
			case s := <-r.asks:
				some = append(some, s)
			default:
				more = false
			}
		}
		ops := make([]clientv3.Op, len(some))
		for i, s := range some {
			ops[i] = clientv3.OpPut(s.key, s.value, clientv3.WithLease(r.lease))
		}
		if _, err := r.client.Txn(r.ctx).Then(ops...).Commit(); err != nil {
			for _, s := range some {
				s.failed <- err
			}
		}
	}
}

// campaign asks to lead, and leads when elected, again and again.
func (r *Replica) campaign() {
	session, err := concurrency.NewSession(r.client, concurrency.WithLease(r.lease), concurrency.WithContext(r.ctx))
	if err != nil {
		r.lost(errors.Join(ErrLost, err))
		return
	}
	defer session.Orphan()
	for r.ctx.Err() == nil {
		e := concurrency.NewElection(session, r.prefix+"leader")
		if err := e.Campaign(r.ctx, fmt.Sprintf("%x", int64(r.lease))); err == nil {
			_ = r.lead(r.ctx, e) // it ends for whatever reason; the keys say how to go on
			r.leads.Store(false)
			if r.ctx.Err() == nil {
				_ = e.Resign(r.ctx) // somebody else may do better
			}
		}
		select {
		case <-r.ctx.Done():
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// Leads tells whether this replica leads, that is, decides for all. It is for a look, not to act on: it may have
// changed already.
func (r *Replica) Leads() bool { return r.leads.Load() }

// Done is closed when the replica has lost its lease, or was closed. From then on its jobs hold
// nothing: their units may be granted to others at any time.
func (r *Replica) Done() <-chan struct{} { return r.ctx.Done() }

// Close gives back all that the replica's jobs hold and leaves: their calls end with ErrLost. It waits for
// its goroutines, and for etcd up to ttl. The error is etcd's; then the units come back when the lease ends.
func (r *Replica) Close() error {
	r.lost(errClosed)
	r.work.Wait()
	ctx, cancel := context.WithTimeout(context.Background(), r.ttl)
	defer cancel()
	_, err := r.client.Revoke(ctx, r.lease)
	return err
}
