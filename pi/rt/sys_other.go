//go:build !linux

package rt

import (
	"runtime"
	"time"
)

// There is no Thread on these systems: attach refuses every one, and nothing but hasLockPI and what stands
// before it is ever called.

func unsupported() error {
	return &UnsupportedError{Reason: runtime.GOOS + " has no priority-inheriting futexes; it takes Linux 5.14"}
}

func hasLockPI() error                { return unsupported() }
func setRobustList(*robustHead)       {}
func setFIFO(int) error               { return unsupported() }
func lockPI(*uint32, time.Time) error { return unsupported() }
func unlockPI(*uint32) error          { return unsupported() }
func threadID() uint32                { return 0 }
func onMainThread() bool              { return false }
func alive(uint32) bool               { return false }
func hasRobustList() error            { return unsupported() }
func (r *Report) probeFIFO()          { r.FIFO = unsupported() }
