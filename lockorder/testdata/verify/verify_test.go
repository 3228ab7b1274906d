// Package verify_test is a user's package of parallel tests on real locks, some of which are wrong. TestVerify of
// package lockorder runs it and knows what must come of each.
package verify_test

import (
	"sync"
	"testing"

	"github.com/interlock-go/interlock/lockorder"
	"github.com/interlock-go/interlock/mutex"
)

func TestMain(m *testing.M) { lockorder.VerifyTestMain(m) }

// side runs f to its end on a goroutine of the caller's.
func side(f func()) {
	var wg sync.WaitGroup
	wg.Go(f)
	wg.Wait()
}

func nest(a, b sync.Locker) {
	a.Lock()
	b.Lock()
	b.Unlock()
	a.Unlock()
}

// invert takes both orders, one goroutine after the other.
func invert(a, b sync.Locker) {
	side(func() { nest(a, b) })
	side(func() { nest(b, a) })
}

// found is closed when the guilty test has made its finding, and looked when the innocent one has looked.
var found, looked = make(chan struct{}), make(chan struct{})

func TestGuilty(t *testing.T) {
	t.Parallel()
	defer lockorder.VerifyNone(t)
	invert(new(mutex.Mutex), new(mutex.Mutex))
	close(found)
	<-looked
}

func TestInnocent(t *testing.T) {
	t.Parallel()
	<-found
	lockorder.VerifyNone(t)
	close(looked)
}

func TestOrdered(t *testing.T) {
	t.Parallel()
	defer lockorder.VerifyNone(t)
	var a, b mutex.RWMutex
	mutex.SetClass(&a, before)
	mutex.SetClass(&b, after)
	nest(&b, &a) // against the declaration, though nobody takes them in the other order
}

var before, after = lockorder.NewClass("before"), lockorder.NewClass("after")

func init() { lockorder.Order(before, after) }

func TestAllowed(t *testing.T) {
	t.Parallel()
	defer lockorder.VerifyNone(t)
	lower, upper := lockorder.NewClass("lower"), lockorder.NewClass("upper")
	lockorder.AllowOrder(upper, lower)
	var a, b mutex.Mutex
	mutex.SetClass(&a, lower)
	mutex.SetClass(&b, upper)
	invert(&a, &b)
}

func TestIgnored(t *testing.T) {
	t.Parallel()
	defer lockorder.VerifyNone(t)
	lockorder.Ignore(lockorder.InFunc("verify_test.knownToBeWrong*"))
	knownToBeWrong()
}

func knownToBeWrong() {
	a, b := new(mutex.Mutex), new(mutex.Mutex)
	side(func() { nest(a, b) })
	side(func() { nest(b, a) })
}

func TestPhased(t *testing.T) {
	defer lockorder.VerifyNone(t)
	var a, b mutex.Mutex
	end := lockorder.Phase("start-up")
	side(func() { nest(&a, &b) })
	end()
	side(func() { nest(&b, &a) })
}

func TestLeavesALock(t *testing.T) {
	t.Parallel()
	defer lockorder.VerifyNone(t)
	side(func() { left.Lock() })
}

var left mutex.Mutex

func TestAskedForMore(t *testing.T) {
	t.Parallel()
	defer lockorder.VerifyNone(t, lockorder.FailOn(lockorder.Ordered))
	var a, b mutex.Mutex
	nest(&a, &b)
	nest(&b, &a)
}

var (
	one, two mutex.Mutex
	jobs     = [2]chan func(){make(chan func()), make(chan func())}
	heard    = make(chan bool)
)

func init() {
	go work(jobs[0])
	go work(jobs[1])
}

func work(jobs chan func()) {
	for job := range jobs {
		job()
		heard <- true
	}
}

func forth() { nest(&one, &two) }
func back()  { nest(&two, &one) }

// TestWorker leaves its locking to two goroutines that no test has started.
func TestWorker(t *testing.T) {
	t.Parallel()
	defer lockorder.VerifyNone(t)
	jobs[0] <- forth
	<-heard
	jobs[1] <- back
	<-heard
}
