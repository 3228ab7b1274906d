package etcdbank

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"go.etcd.io/etcd/api/v3/mvccpb"
	"go.etcd.io/etcd/api/v3/v3rpc/rpctypes"
	clientv3 "go.etcd.io/etcd/client/v3"
	"go.etcd.io/etcd/client/v3/concurrency"

	"github.com/interlock-go/interlock/banker"
	"github.com/interlock-go/interlock/internal/safestate"
)

// batch is how many jobs one transaction commits.
const batch = 64

// errDeposed means that another replica leads.
var errDeposed = errors.New("etcdbank: another replica leads")

// errCorrupt means that somebody else wrote to the keys.
var errCorrupt = errors.New("etcdbank: the jobs in etcd are in no safe state")

// leader decides, for as long as it leads.
type leader struct {
	client *clientv3.Client
	prefix string
	guard  clientv3.Cmp
	q      *safestate.Queue
	jobs   map[path]*served
	dirty  []*served
}

// served is a job as the leader knows it.
type served struct {
	path
	id     safestate.Job
	rec    record
	waits  *safestate.Waiter
	asked  int64 // Seq of the ask that waits
	dirty  bool
	closed bool
}

// lead serves until ctx ends or another replica leads.
func (r *Replica) lead(ctx context.Context, e *concurrency.Election) error {
	l := &leader{
		client: r.client, prefix: r.prefix, jobs: map[path]*served{},
		guard: clientv3.Compare(clientv3.CreateRevision(e.Key()), "=", e.Rev()),
		q:     safestate.NewQueue(r.total, banker.DefaultOvertaking),
	}
	now, err := r.client.Get(ctx, r.prefix, clientv3.WithPrefix())
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	events := r.client.Watch(ctx, r.prefix, clientv3.WithPrefix(), clientv3.WithRev(now.Header.Revision+1))
	if err := l.load(now.Kvs); err != nil {
		return err
	}
	for {
		if err := l.commit(ctx); err != nil {
			return err
		}
		r.leads.Store(true)
		w, ok := <-events
		if err := w.Err(); err != nil || !ok {
			return errors.Join(err, ctx.Err())
		}
		for _, e := range w.Events {
			l.see(e)
		}
	}
}

// load goes on from what the leaders before have committed. Any of the jobs together are in
// a safe state if all are, so what each holds can be granted in any order.
func (l *leader) load(kvs []*mvccpb.KeyValue) error {
	asks := []*mvccpb.KeyValue{}
	for _, kv := range kvs {
		rest, isJob := strings.CutPrefix(string(kv.Key), l.prefix+"job/")
		p, ok := parse(rest)
		if !isJob || !ok {
			asks = append(asks, kv)
			continue
		}
		j := &served{path: p}
		if json.Unmarshal(kv.Value, &j.rec) != nil {
			continue
		}
		var o safestate.Outcome
		if j.id, o = l.q.Register(j.rec.Claim); o == safestate.Granted {
			l.jobs[p] = j
		}
	}
	for _, j := range l.jobs {
		if o := l.q.Try(j.id, j.rec.Held); o != safestate.Granted {
			return errCorrupt
		}
	}
	slices.SortFunc(asks, func(a, b *mvccpb.KeyValue) int { return int(a.ModRevision - b.ModRevision) })
	for _, kv := range asks {
		l.put(kv)
	}
	return nil
}

// see takes note of what has changed.
func (l *leader) see(e *clientv3.Event) {
	if e.Type == clientv3.EventTypePut {
		l.put(e.Kv)
		return
	}
	// A job's keys go when its owner's lease has expired, or because it was closed here. If
	// the lease expired before the first answer there is the ask only.
	rest := strings.TrimPrefix(string(e.Kv.Key), l.prefix)
	if p, ok := parse(strings.TrimPrefix(strings.TrimPrefix(rest, "job/"), "ask/")); ok {
		l.drop(p)
	}
}

func (l *leader) drop(p path) {
	if j := l.jobs[p]; j != nil {
		delete(l.jobs, p)
		l.q.Leave(j.id)
		j.closed, j.waits = true, nil
		l.settle()
	}
}

// put decides on an ask that has no answer yet.
func (l *leader) put(kv *mvccpb.KeyValue) {
	rest, isAsk := strings.CutPrefix(string(kv.Key), l.prefix+"ask/")
	p, ok := parse(rest)
	var a ask
	if !isAsk || !ok || json.Unmarshal(kv.Value, &a) != nil || !l.known(a.Amounts) {
		return
	}
	j := l.jobs[p]
	switch {
	case a.Kind == register && j == nil:
		l.register(p, a)
	case j != nil && a.Seq > max(j.rec.Seq, j.asked):
		l.decide(j, a)
		l.settle()
	}
}

func (l *leader) known(amounts []safestate.Amount) bool {
	return !slices.ContainsFunc(amounts, func(a safestate.Amount) bool {
		return a.Resource < 0 || a.Resource >= l.q.Resources() || a.Units < 0
	})
}

func (l *leader) register(p path, a ask) {
	id, o := l.q.Register(a.Amounts)
	j := &served{path: p, id: id, rec: record{Claim: a.Amounts}}
	if o != safestate.Granted {
		j.closed, j.rec.Claim = true, nil
	} else {
		l.jobs[p] = j
	}
	l.answer(j, a.Seq, o)
}

func (l *leader) decide(j *served, a ask) {
	switch a.Kind {
	case acquire, try:
		o := l.q.Try(j.id, a.Amounts)
		if o.Waits() && a.Kind == acquire {
			j.waits, j.asked = &safestate.Waiter{Tag: j}, a.Seq
			l.q.Park(j.id, a.Amounts, o, j.waits)
			return
		}
		l.answer(j, a.Seq, o)
	case release:
		l.answer(j, a.Seq, l.q.GiveBack(j.id, a.Amounts))
	case cancel:
		if j.waits != nil && l.q.Cancel(j.waits) {
			j.waits = nil
		} else if j.rec.Seq == a.Seq-1 && j.rec.Outcome == safestate.Granted {
			l.q.GiveBack(j.id, a.Amounts) // the grant came first
		}
		l.answer(j, a.Seq, safestate.Granted)
	case finish:
		l.q.Leave(j.id)
		delete(l.jobs, j.path)
		j.closed, j.waits, j.rec.Claim = true, nil, nil
		l.answer(j, a.Seq, safestate.Granted)
	}
}

// settle answers those who wait no more.
func (l *leader) settle() {
	for _, w := range l.q.Settled() {
		if j := w.Tag.(*served); !j.closed && j.waits == w {
			j.waits = nil
			l.answer(j, j.asked, w.Outcome)
		}
	}
}

func (l *leader) answer(j *served, seq int64, o safestate.Outcome) {
	j.rec.Seq, j.rec.Outcome, j.asked = seq, o, 0
	if !j.closed {
		j.rec.Held = nil
		for i := range l.q.Claim(j.id) {
			if r, _, held := l.q.At(j.id, i); held > 0 {
				j.rec.Held = append(j.rec.Held, safestate.Amount{Resource: r, Units: held})
			}
		}
	}
	if !j.dirty {
		j.dirty = true
		l.dirty = append(l.dirty, j)
	}
}

// commit writes what was decided, in the order of the decisions: a leader that crashes
// between two batches must not have granted what is not yet given back. A job appears once: its owner
// asks again when it has the answer only, or to cancel, which takes nothing.
func (l *leader) commit(ctx context.Context) error {
	for len(l.dirty) > 0 {
		some := l.dirty[:min(batch, len(l.dirty))]
		if err := l.write(ctx, some); errors.Is(err, rpctypes.ErrLeaseNotFound) {
			for i := range some { // an owner is gone; the others are served one by one
				if err := l.write(ctx, some[i:i+1]); err != nil && !errors.Is(err, rpctypes.ErrLeaseNotFound) {
					return err
				}
			}
		} else if err != nil {
			return err
		}
		for _, j := range some {
			j.dirty = false
		}
		l.dirty = l.dirty[len(some):]
	}
	l.dirty = nil
	return nil
}

// write commits some jobs in a transaction that demands that this replica still leads.
func (l *leader) write(ctx context.Context, jobs []*served) error {
	var ops []clientv3.Op
	for _, j := range jobs {
		key := l.prefix + "job/" + j.String()
		if j.closed && j.rec.Outcome == safestate.Granted {
			ops = append(ops, clientv3.OpDelete(key), clientv3.OpDelete(l.prefix+"ask/"+j.String()))
			continue
		}
		ops = append(ops, clientv3.OpPut(key, encode(j.rec), clientv3.WithLease(j.lease)))
	}
	done, err := l.client.Txn(ctx).If(l.guard).Then(ops...).Commit()
	if err != nil {
		return err
	}
	if !done.Succeeded {
		return errDeposed
	}
	return nil
}
