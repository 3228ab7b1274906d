//go:build !interlock_off

package mutex

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync"
	"unsafe"

	"github.com/interlock-go/interlock/internal/callsite"
	"github.com/interlock-go/interlock/internal/engine"
	"github.com/interlock-go/interlock/internal/quiet"
)

// LockAll locks all the given locks, or none: a *[Mutex], a *[RWMutex] (for writing) and what
// RLocker returns (for reading) may be mixed. It breaks hold-and-wait, the second of
// Coffman's conditions: while it waits for one of the locks it holds none of the others.
// Locks are tried in one order for the whole process, by address; where one is taken, everything
// is let go and that one is waited for first. So the locks are in no order among themselves, and
// each is watched for its order with what else the goroutine holds.
//
// unlock unlocks them all and must be called once. The error is as that of [LockContext],
// with nothing locked. LockAll panics if a lock is nil, of another type, or given twice.
func LockAll(ctx context.Context, locks ...sync.Locker) (unlock func(), err error) {
	pc := callsite.Outside()
	members := make([]member, len(locks))
	for i, l := range locks {
		members[i] = newMember(l, pc)
	}
	slices.SortFunc(members, func(a, b member) int { return a.order(b) })
	for i := 1; i < len(members); i++ {
		if members[i].order(members[i-1]) == 0 {
			panic("mutex: LockAll: the same lock twice")
		}
	}
	if ctx != nil && ctx.Err() == nil {
		for _, m := range members[min(1, len(members)):] {
			ahead(m.q)
		}
	}
	for first := 0; ; {
		next, err := tryAll(ctx, members, first)
		if err != nil {
			return nil, err
		}
		if next < 0 {
			return func() { unlockUpTo(members, len(members)) }, nil
		}
		first = next
	}
}

// member is one of the locks of a LockAll.
type member struct {
	l sync.Locker
	q *engine.Request
	n native
}

func newMember(l sync.Locker, pc uintptr) member {
	switch l := l.(type) {
	case *Mutex:
		if l != nil {
			return member{l, l.request(pc), &l.mu}
		}
	case *RWMutex:
		if l != nil {
			return member{l, l.request(pc), &l.mu}
		}
	case *rlocker:
		if l != nil {
			return member{l, (*RWMutex)(l).readRequest(pc), (*readSide)(l)}
		}
	case nil:
	default:
		panic(fmt.Sprintf("mutex: LockAll: cannot lock a %T", l))
	}
	panic("mutex: LockAll: nil lock")
}

func (m member) order(other member) int {
	return cmp.Compare(uintptr(unsafe.Pointer(m.q.Core)), uintptr(unsafe.Pointer(other.q.Core)))
}

// ahead looks at the order of a lock that is only tried as long as it is free: what is held besides
// these locks is held by one that may come to wait for it all the same.
//
//go:norace
func ahead(q *engine.Request) {
	quiet.Begin()
	news := engine.Enter().Before(q)
	quiet.End()
	engine.Emit(news)
}

// tryAll waits for member first and tries the others. It returns the index of one that was
// taken, with everything let go, or -1.
func tryAll(ctx context.Context, members []member, first int) (taken int, err error) {
	if len(members) == 0 {
		return -1, context.Cause(ctx)
	}
	if err := acquireContext(ctx, members[first].q, members[first].n); err != nil {
		return -1, err
	}
	for i, m := range members {
		if i == first {
			continue
		}
		if !m.n.TryLock() {
			unlockUpTo(members, i)
			if i < first {
				members[first].l.Unlock()
			}
			return i, nil
		}
		noteTried(m.q)
	}
	return -1, nil
}

// unlockUpTo unlocks the members before index end, the last first.
func unlockUpTo(members []member, end int) {
	for i := end - 1; i >= 0; i-- {
		members[i].l.Unlock()
	}
}
