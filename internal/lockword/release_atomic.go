//go:build !amd64 || race

package lockword

import "sync/atomic"

// release stores so that whoever sees v also sees what was written before.
func release(p *uint64, v uint64) { atomic.StoreUint64(p, v) }
