//go:build !((amd64 || 386) && !race)

package engine

import "sync/atomic"

// storeRelease and storeRelease32 store so that whoever sees the value also sees what was written before.
//
//go:norace
func storeRelease(p *uintptr, v uintptr) { atomic.StoreUintptr(p, v) }

//go:norace
func storeRelease32(p *uint32, v uint32) { atomic.StoreUint32(p, v) }
