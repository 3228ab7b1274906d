//go:build (amd64 || arm64) && gc && !interlock_portable

package goroutine

import "unsafe"

const hasG = true

// getg returns the g register.
func getg() unsafe.Pointer

// getfp returns the caller's frame pointer.
func getfp() uintptr
