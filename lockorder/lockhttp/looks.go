package lockhttp

import (
	"sync"
	"time"

	"github.com/interlock-go/interlock/lockorder"
)

// looks remembers since when each wait and hold has been seen. The detector reads
// no clock: that would be paid for by every lock, whether anybody looks or not.
type looks struct {
	now func() time.Time

	mu    sync.Mutex // guards what follows, and is never held while foreign code runs
	first time.Time
	waits map[waitKey]time.Time
	holds map[holdKey]hold
}

// waitKey identifies one wait.
type waitKey struct{ goroutine, seq uint64 }

// holdKey identifies a hold as well as a look can.
type holdKey struct {
	goroutine, lock uint64
	read            bool
	file            string
	line            int
}

// hold is what is known of a hold from look to look.
type hold struct {
	since time.Time
	still time.Time // since when its goroutine is known not to have moved
	wait  uint64    // seq of the goroutine's wait at the last look, 0 if it did not wait
}

// see notes what is there now, forgets what is not, and returns the time of the look.
func (k *looks) see(s lockorder.State) time.Time {
	k.mu.Lock()
	defer k.mu.Unlock()
	at := k.now()
	if k.first.IsZero() {
		k.first = at
	}
	waits, stuck := map[waitKey]time.Time{}, map[uint64]uint64{}
	for _, w := range s.Waits {
		key := waitKey{w.Goroutine, w.Seq}
		stuck[w.Goroutine] = w.Seq
		waits[key] = earlier(k.waits[key], at)
	}
	holds := map[holdKey]hold{}
	for _, h := range s.Held {
		key := keyOf(h)
		old := k.holds[key]
		seq, waiting := stuck[h.Goroutine]
		next := hold{since: earlier(old.since, at), still: at, wait: seq}
		if h.Finished || waiting && old.wait == seq && !old.since.IsZero() {
			next.still = earlier(old.still, at)
		}
		holds[key] = next
	}
	k.waits, k.holds = waits, holds
	return at
}

func earlier(known, at time.Time) time.Time {
	if known.IsZero() {
		return at
	}
	return known
}

func keyOf(h lockorder.HeldLock) holdKey {
	f := site(h.Hold)
	return holdKey{h.Goroutine, h.Hold.Lock.ID, h.Hold.Read, f.File, f.Line}
}

// waited returns for how long a wait has been seen, in seconds.
func (k *looks) waited(at time.Time, w lockorder.Wait) float64 {
	k.mu.Lock()
	defer k.mu.Unlock()
	return seconds(at, k.waits[waitKey{w.Goroutine, w.Seq}])
}

// held returns for how long a hold has been seen at each look, and for how long it is
// certain that it was one hold, in seconds.
func (k *looks) held(at time.Time, h lockorder.HeldLock) (seen, certain float64) {
	k.mu.Lock()
	defer k.mu.Unlock()
	known := k.holds[keyOf(h)]
	return seconds(at, known.since), seconds(at, known.still)
}

func (k *looks) began() time.Time {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.first
}

// seconds is the time since then in seconds, 0 if another look has forgotten it.
func seconds(at, then time.Time) float64 {
	if then.IsZero() || then.After(at) {
		return 0
	}
	return at.Sub(then).Round(time.Millisecond).Seconds()
}

// site is the innermost frame of a hold.
func site(h lockorder.Hold) lockorder.Frame {
	if len(h.Stack) == 0 {
		return lockorder.Frame{}
	}
	return h.Stack[0]
}
