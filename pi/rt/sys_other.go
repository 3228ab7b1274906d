//go:build !linux

package rt

import (
	"runtime"
	"sync/atomic"
	"time"
)

// There is no Thread on these systems: attach refuses every one, and nothing but hasLockPI and what stands
// before it is ever called.

func unsupported() error {
	return &UnsupportedError{Reason: runtime.GOOS + " has no priority-inheriting futexes; it takes Linux 5.14"}
}

func hasLockPI() error                       { return unsupported() }
func setRobustList(*robustHead) error        { return unsupported() }
func setFIFO(int) error                      { return unsupported() }
func lockPI(*atomic.Uint32, time.Time) error { return unsupported() }
func unlockPI(*atomic.Uint32) error          { return unsupported() }
func threadID() uint32                       { return 0 }
func onMainThread() bool                     { return false }
func alive(uint32) bool                      { return false }
func hasRobustList() error                   { return unsupported() }
func (r *Report) probeFIFO()                 { r.FIFO = unsupported() }
