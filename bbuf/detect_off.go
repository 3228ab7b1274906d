//go:build interlock_off

package bbuf

import "context"

// Without the detector nothing is looked at.
type (
	detector struct{}
	ticket   struct{}
)

func (*detector) register(bool) func()                  { return func() {} }
func (*detector) prepare(context.Context, bool) *ticket { return nil }
func (*detector) watching() bool                        { return false }
func (*detector) block(*ticket, bool)                   {}
func (*detector) unblock(*ticket)                       {}
func (*detector) acted(bool)                            {}
func serve(*ticket)                                     {}
