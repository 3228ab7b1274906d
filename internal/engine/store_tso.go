//go:build (amd64 || 386) && !race

package engine

// storeRelease and storeRelease32 store so that whoever sees the value also sees what was written before.
// These processors keep stores in order, and the compiler keeps these in place: neither is inlined into
// a loop nor followed by a read of the same word. The fence of an atomic store is not needed, for nothing
// is looked at afterwards that another goroutine decides on.
//
//go:norace
func storeRelease(p *uintptr, v uintptr) { *p = v }

//go:norace
func storeRelease32(p *uint32, v uint32) { *p = v }
