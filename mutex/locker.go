//go:build !interlock_off

package mutex

import "github.com/interlock-go/interlock/internal/engine"

// Package cond is given its lock as a sync.Locker and wants to know whether the caller holds it.
func init() { engine.SetCoreOf(coreOf) }

//go:norace
func coreOf(l any) *engine.Core {
	switch l := l.(type) {
	case *Mutex:
		return &l.core
	case *RWMutex:
		return &l.core
	case *rlocker:
		return &(*RWMutex)(l).core
	}
	return nil
}
