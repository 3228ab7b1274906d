//go:build !interlock_off

package manners_test

import (
	"reflect"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/interlock-go/interlock/internal/goroutine"
	"github.com/interlock-go/interlock/mutex"
)

// Who reads a profile looks for his own code: in the mutex profile for the call that let go while others
// waited, in the block profile for the call that waited.
func TestProfilesOfContentionNameTheUsersFrame(t *testing.T) {
	defer runtime.SetMutexProfileFraction(runtime.SetMutexProfileFraction(1))
	runtime.SetBlockProfileRate(1)
	defer runtime.SetBlockProfileRate(0)
	var m mutex.Mutex
	var rw mutex.RWMutex
	for _, c := range []struct {
		name              string
		hold, release     func() // each on one line of its own, which the profile must give
		waits, releaseToo func()
	}{
		{
			"Mutex", m.Lock, func() { m.Unlock() },
			func() { m.Lock() }, m.Unlock,
		},
		{
			"RWMutex, writer after writer", rw.Lock, func() { rw.Unlock() },
			func() { rw.Lock() }, rw.Unlock,
		},
		{
			"RWMutex, reader after writer", rw.Lock, func() { rw.Unlock() },
			func() { rw.RLock() }, rw.RUnlock,
		},
		{
			"RWMutex, writer after reader", rw.RLock, func() { rw.RUnlock() },
			func() { rw.Lock() }, rw.Unlock,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.hold()
			done := make(chan struct{})
			go func() {
				defer close(done)
				c.waits()
				c.releaseToo()
			}()
			require.Eventually(t, someoneWaits, patience, time.Millisecond)
			c.release()
			<-done
			requireUsersFrame(t, runtime.MutexProfile, c.release)
			requireUsersFrame(t, runtime.BlockProfile, c.waits)
		})
	}
}

const patience = 10 * time.Second

// someoneWaits tells whether a goroutine is blocked inside one of package sync's locks.
func someoneWaits() bool {
	for _, g := range goroutine.All() {
		if strings.HasPrefix(g.State, "sync.Mutex.Lock") || strings.HasPrefix(g.State, "sync.RWMutex.") {
			return true
		}
	}
	return false
}

// requireUsersFrame fails unless the profile has a stack whose innermost frame outside the locks' own
// packages is the function.
func requireUsersFrame(t *testing.T, profile func([]runtime.BlockProfileRecord) (int, bool), function func()) {
	t.Helper()
	f := runtime.FuncForPC(reflect.ValueOf(function).Pointer())
	_, line := f.FileLine(f.Entry())
	records := make([]runtime.BlockProfileRecord, 1000)
	n, ok := profile(records)
	require.True(t, ok)
	var users []runtime.Frame
	for _, r := range records[:n] {
		frame := usersFrame(r.Stack())
		if frame.Function == f.Name() && frame.Line == line {
			return
		}
		users = append(users, frame)
	}
	require.Failf(t, "not in the profile", "%s, line %d, among %+v", f.Name(), line, users)
}

// usersFrame returns the innermost frame outside the locks' own packages.
func usersFrame(stack []uintptr) runtime.Frame {
	frames := runtime.CallersFrames(stack)
	for {
		frame, more := frames.Next()
		locks := false
		for _, own := range []string{"runtime.", "sync.", "internal/sync.", "github.com/interlock-go/interlock/mutex."} {
			locks = locks || strings.HasPrefix(frame.Function, own)
		}
		if !locks || !more {
			return frame
		}
	}
}
