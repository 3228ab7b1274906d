//go:build !linux

package lockword

import "runtime"

// nap has no way here to leave the processor to other threads.
func nap() { runtime.Gosched() }
