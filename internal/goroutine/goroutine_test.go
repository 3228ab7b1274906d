package goroutine_test

import (
	"fmt"
	"maps"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/interlock-go/interlock/internal/goroutine"
)

const patience = 10 * time.Second

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// printedID is what runtime.Stack says of the running goroutine, read in another way than CurrentID's.
func printedID() (id uint64) {
	buf := make([]byte, 1000)
	_, _ = fmt.Sscanf(string(buf[:runtime.Stack(buf, false)]), "goroutine %d [", &id)
	return id
}

// crowd calls f on n goroutines that are all alive at once, and waits until they have finished.
func crowd(n int, f func(i int)) {
	var called, done sync.WaitGroup
	called.Add(n)
	for i := range n {
		done.Go(func() {
			f(i)
			called.Done()
			called.Wait()
		})
	}
	done.Wait()
}

func TestCurrentIDIsThatOfRuntimeStack(t *testing.T) {
	const n = 1000
	ids := make([]uint64, 2*n)
	wrong := make([]uint64, 2*n)
	for half := range 2 {
		crowd(n, func(i int) {
			ids[half*n+i] = goroutine.CurrentID()
			wrong[half*n+i] = ids[half*n+i] ^ printedID()
		})
	}
	require.Equal(t, make([]uint64, 2*n), wrong)
	distinct := map[uint64]bool{}
	for _, id := range ids {
		distinct[id] = true
	}
	require.Len(t, distinct, 2*n)
}

// Where the record cannot be read as supposed, the probe must say so: a wrong id accuses everybody.
func TestProbeTrustsOnlyOneOffsetThatIsRightEverywhere(t *testing.T) {
	good := func(id uint64) goroutine.Sample {
		return goroutine.Sample{ID: id, Here: true, Words: map[int]uint64{18: goroutine.Running, 19: id}}
	}
	with := func(s goroutine.Sample, words map[int]uint64) goroutine.Sample {
		maps.Copy(s.Words, words)
		return s
	}
	away := good(8)
	away.Here = false
	for _, c := range []struct {
		name    string
		samples []goroutine.Sample
		offset  uintptr
		ok      bool
	}{
		{"right", []goroutine.Sample{good(7), good(8)}, 19 * 8, true},
		{"looked at by the collector meanwhile", []goroutine.Sample{good(7), with(good(8), map[int]uint64{18: goroutine.Running | 0x1000})}, 19 * 8, true},
		{"more in the status word", []goroutine.Sample{good(7), with(good(8), map[int]uint64{18: goroutine.Running | 5<<32})}, 19 * 8, true},
		{"one differs", []goroutine.Sample{good(7), with(good(8), map[int]uint64{19: 9})}, 0, false},
		{"no status before it", []goroutine.Sample{good(7), with(good(8), map[int]uint64{18: 4})}, 0, false},
		{"two places", []goroutine.Sample{
			with(good(7), map[int]uint64{3: goroutine.Running, 4: 7}), with(good(8), map[int]uint64{3: goroutine.Running, 4: 8}),
		}, 0, false},
		{"two places in one of them only", []goroutine.Sample{with(good(7), map[int]uint64{3: goroutine.Running, 4: 7}), good(8)}, 19 * 8, true},
		{"the stack lies elsewhere", []goroutine.Sample{good(7), away}, 0, false},
		{"nowhere", []goroutine.Sample{{ID: 7, Here: true}, {ID: 8, Here: true}}, 0, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			offset, ok := goroutine.Agree(c.samples...)
			require.Equal(t, c.ok, ok)
			if ok {
				require.Equal(t, c.offset, offset)
			}
		})
	}
}
