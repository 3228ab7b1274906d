//go:build interlock_off

package cond

import "sync"

// Without the detector nothing is looked at.
type (
	detector struct{}
	ticket   struct{}
)

func (*detector) register() func()      { return func() {} }
func (*detector) held(sync.Locker) bool { return true }
func (*detector) prepare() *ticket      { return nil }
func (*detector) watching() bool        { return false }
func (*detector) block(*ticket)         {}
func (*detector) unblock(*ticket)       {}
func wake(*ticket)                      {}
