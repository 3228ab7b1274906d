package bbuf_test

import (
	"fmt"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/interlock-go/interlock/bbuf"
)

// patience bounds every wait of these tests. Nothing waits that long unless it is broken.
const patience = 10 * time.Second

// kind is a sort of buffer: every test runs on all of them.
type kind struct {
	capacity int
	oneLock  bool
}

// kinds cover both sorts at every size that matters: one slot, a few, where New changes its mind, and a ring that wraps oddly.
var kinds = []kind{
	{1, true},
	{1, false},
	{2, true},
	{2, false},
	{3, true},
	{3, false},
	{16, true},
	{16, false},
	{17, true},
	{17, false},
	{64, false},
	{100, false},
}

func (k kind) String() string { return fmt.Sprintf("capacity=%d/oneLock=%t", k.capacity, k.oneLock) }

func (k kind) open() *bbuf.Buffer[int] { return bbuf.Open[int](k.capacity, k.oneLock) }

// filled returns a buffer with the items 0 … capacity−1.
func (k kind) filled() *bbuf.Buffer[int] {
	b := k.open()
	for i := range k.capacity {
		if err := b.TryPut(i); err != nil {
			panic(err)
		}
	}
	return b
}

// each runs a test for every kind.
func each(t *testing.T, test func(t *testing.T, k kind)) {
	for _, k := range kinds {
		t.Run(k.String(), func(t *testing.T) { test(t, k) })
	}
}

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }
