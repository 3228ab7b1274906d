package lockword

import "syscall"

// nap leaves the processor to other threads for a moment. It is no time.Sleep, which in a synctest bubble
// would wait for a clock that stands still.
func nap() {
	t := syscall.NsecToTimespec(20_000)
	_ = syscall.Nanosleep(&t, nil)
}
