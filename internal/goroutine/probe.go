package goroutine

import "unsafe"

// probeSpan is how far into g the goroutine id is looked for. The record is larger
// in every Go version since 1.5.
const probeSpan = 256

// sample is what one goroutine saw of itself.
type sample struct {
	id    uint64
	g     unsafe.Pointer
	here  bool // its local variables lie between the bounds that g begins with
	words [probeSpan / 8]uint64
}

// probe finds idOffset and reports whether the direct way is right on this runtime.
// It looks from several goroutines, because small ids (main has 1) also occur as other
// fields; an offset counts only if it holds the id in all of them.
func probe() bool {
	if !hasG {
		return false
	}
	var samples [4]sample
	for i := range samples {
		done := make(chan sample)
		go func() { done <- look() }()
		samples[i] = <-done
	}
	off, ok := agree(samples[:])
	if ok {
		idOffset = off
	}
	return ok
}

//go:norace
func look() sample {
	var local byte
	s := sample{id: CurrentID(), g: getg()}
	if s.g == nil || s.id == 0 {
		return s
	}
	stack := StackOf(s.g)
	s.here = stack.Holds(unsafe.Pointer(&local))
	for i := range s.words {
		s.words[i] = *(*uint64)(unsafe.Add(s.g, i*8))
	}
	return s
}

// statusRunning is the runtime's _Grunning; the status precedes the id in the record.
const (
	statusRunning = 2
	statusMask    = 0xfff // without the bit that the collector sets while it looks at a stack
)

// agree returns the one offset at which every sample holds its own id.
func agree(samples []sample) (off uintptr, ok bool) {
	for i := 1; i < probeSpan/8; i++ {
		all := true
		for _, s := range samples {
			if !s.here || s.words[i] != s.id || uint32(s.words[i-1])&statusMask != statusRunning {
				all = false
			}
		}
		if all && ok {
			return 0, false // two candidates: trust neither
		}
		if all {
			off, ok = uintptr(i)*8, true
		}
	}
	return off, ok
}
