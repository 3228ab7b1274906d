package rt

import (
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"
	"unsafe"
)

// probeFIFO leaves the running thread a real-time one.
func (r *Report) probeFIFO() {
	r.SysNice, r.Limit = hasSysNice(), priorityLimit()
	r.Share, r.Period = share()
	for r.Highest = MaxPriority; r.Highest >= MinPriority; r.Highest-- {
		if tryFIFO(r.Highest) == 0 {
			return
		}
	}
	r.FIFO = setFIFO(MinPriority)
}

func priorityLimit() int {
	const rlimitRTPrio = 14
	var limit syscall.Rlimit
	if syscall.Getrlimit(rlimitRTPrio, &limit) != nil {
		return 0
	}
	return int(min(limit.Cur, MaxPriority))
}

func hasSysNice() bool {
	const (
		version3   = 0x20080522 // _LINUX_CAPABILITY_VERSION_3
		capSysNice = 23
	)
	header := struct {
		version uint32
		pid     int32
	}{version: version3}
	var sets [2]struct{ effective, permitted, inheritable uint32 }
	_, _, errno := syscall.RawSyscall(syscall.SYS_CAPGET, uintptr(unsafe.Pointer(&header)), uintptr(unsafe.Pointer(&sets)), 0)
	return errno == 0 && sets[0].effective&(1<<capSysNice) != 0
}

// share reads the bound on what all real-time threads get together.
func share() (runtime, period time.Duration) {
	period = microseconds("sched_rt_period_us")
	runtime = microseconds("sched_rt_runtime_us")
	if runtime < 0 { // no bound
		runtime = period
	}
	return runtime, period
}

func microseconds(name string) time.Duration {
	text, err := os.ReadFile("/proc/sys/kernel/" + name)
	if err != nil {
		return 0
	}
	n, err := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64)
	if err != nil {
		return 0
	}
	return time.Duration(n) * time.Microsecond
}
