// Command leaks leaves goroutines blocked for ever on small locks, each allocated by itself and
// referred to by nobody else, and prints how many of them the goroutine-leak profile finds.
// The locks are sync's or interlock's.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"runtime/pprof"
	"strings"
	"sync"
	"time"

	"github.com/interlock-go/interlock/mutex"
)

// patience bounds the wait for the profile to find them all.
const patience = 10 * time.Second

// lock is a lock in its own allocation: how it is taken first, and how it is waited for.
type lock struct{ hold, want func() }

// kinds make locks, by the name of their type and mode.
var kinds = map[string]struct{ sync, interlock func() lock }{
	"Mutex": {
		func() lock { m := new(sync.Mutex); return lock{m.Lock, m.Lock} },
		func() lock { m := new(mutex.Mutex); return lock{m.Lock, m.Lock} },
	},
	"RWMutex.Lock": {
		func() lock { m := new(sync.RWMutex); return lock{m.RLock, m.Lock} },
		func() lock { m := new(mutex.RWMutex); return lock{m.RLock, m.Lock} },
	},
	"RWMutex.RLock": {
		func() lock { m := new(sync.RWMutex); return lock{m.Lock, m.RLock} },
		func() lock { m := new(mutex.RWMutex); return lock{m.Lock, m.RLock} },
	},
	"LockContext": { // sync has none
		func() lock { m := new(sync.Mutex); return lock{m.Lock, m.Lock} },
		func() lock {
			m := new(mutex.Mutex)
			return lock{m.Lock, func() { _ = mutex.LockContext(context.Background(), m) }}
		},
	},
	"RLockContext": {
		func() lock { m := new(sync.RWMutex); return lock{m.Lock, m.RLock} },
		func() lock {
			m := new(mutex.RWMutex)
			ctx, cancel := context.WithCancel(context.Background())
			return lock{m.Lock, func() { defer cancel(); _ = mutex.RLockContext(ctx, m) }}
		},
	},
}

// leak blocks for ever: it takes first, waits until the others of its ring have theirs, and wants second.
func leak(first, second lock, all *sync.WaitGroup) {
	first.hold()
	all.Done()
	all.Wait()
	second.want()
}

// leakPair leaks two goroutines that wait for each other.
func leakPair(fresh func() lock) {
	a, b, both := fresh(), fresh(), new(sync.WaitGroup)
	both.Add(2)
	go leak(a, b, both)
	go leak(b, a, both)
}

// leakWaiter leaks a goroutine that waits for a lock whose holder has finished.
func leakWaiter(fresh func() lock) {
	a, held := fresh(), new(sync.WaitGroup)
	held.Go(a.hold)
	go func() {
		held.Wait()
		own, alone := fresh(), new(sync.WaitGroup)
		alone.Add(1)
		leak(own, a, alone)
	}()
}

// found returns how many of our goroutines the profile finds.
func found() int {
	var text strings.Builder
	if err := pprof.Lookup("goroutineleak").WriteTo(&text, 2); err != nil {
		panic(err)
	}
	n := 0
	for g := range strings.SplitSeq(text.String(), "\n\n") {
		if strings.Contains(g, "(leaked)") && strings.Contains(g, "main.leak(") {
			n++
		}
	}
	return n
}

func main() {
	kind := flag.String("kind", "", "of lock")
	ours := flag.Bool("interlock", false, "on interlock's locks")
	rings := flag.Int("rings", 0, "pairs of goroutines that wait for each other")
	waiters := flag.Int("waiters", 0, "goroutines that wait for a lock that was left behind")
	flag.Parse()
	fresh := kinds[*kind].sync
	if *ours {
		fresh = kinds[*kind].interlock
	}
	for range *rings {
		leakPair(fresh)
	}
	for range *waiters {
		leakWaiter(fresh)
	}
	n := 0
	for end := time.Now().Add(patience); n < 2**rings+*waiters && time.Now().Before(end); {
		n = found()
	}
	fmt.Fprintln(os.Stdout, n)
}
