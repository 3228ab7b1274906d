package rt

import (
	"fmt"
	"runtime"
	"strings"
	"time"
)

// Report says what of this package works in this process, and why the rest does not.
type Report struct {
	LockPI     error // why the kernel has no FUTEX_LOCK_PI2, or nil if it does
	RobustList error // why there are no robust lists, or nil
	FIFO       error // why not even MinPriority is permitted, or nil

	Highest int  // the highest priority that is permitted, 0 if none
	SysNice bool // the process has CAP_SYS_NICE
	Limit   int  // RLIMIT_RTPRIO: the highest priority without CAP_SYS_NICE

	// Real-time threads get Share in every Period of a processor together, and all others are sure of the
	// rest; both are 0 if nothing is known, and equal if there is no such bound.
	Share, Period time.Duration

	CPUs  int // processors that the process may use
	Procs int // GOMAXPROCS
}

// Probe tries out what this package needs, on a thread that ends afterwards, and changes nothing.
func Probe() Report {
	result := make(chan Report)
	go pin(func() {
		r := Report{CPUs: runtime.NumCPU(), Procs: runtime.GOMAXPROCS(0)}
		r.LockPI = hasLockPI()
		r.RobustList = hasRobustList()
		r.probeFIFO()
		result <- r
	}, make(chan struct{}))
	return <-result
}

// Err returns why Go would refuse, an [*UnsupportedError], or nil if it works.
func (r Report) Err() error {
	for _, err := range []error{r.LockPI, r.RobustList, r.FIFO} {
		if err != nil {
			return err
		}
	}
	return nil
}

// Spare returns how many more goroutines the runtime lets run at a time than there are processors. It
// should be at least the number of real-time threads; see the package's section on Ps.
func (r Report) Spare() int { return max(0, r.Procs-r.CPUs) }

// String is a line for each finding.
func (r Report) String() string {
	var b strings.Builder
	finding := func(what string, err error) {
		if err == nil {
			fmt.Fprintf(&b, "%-16s yes\n", what)
			return
		}
		fmt.Fprintf(&b, "%-16s no: %s\n", what, strings.TrimPrefix(err.Error(), "rt: unsupported: "))
	}
	finding("FUTEX_LOCK_PI2", r.LockPI)
	finding("robust lists", r.RobustList)
	finding("SCHED_FIFO", r.FIFO)
	if r.FIFO == nil {
		fmt.Fprintf(&b, "%-16s %d (CAP_SYS_NICE: %s, RLIMIT_RTPRIO: %d)\n", "highest priority", r.Highest, yesNo(r.SysNice), r.Limit)
	}
	if r.Period > 0 {
		fmt.Fprintf(&b, "%-16s %v in every %v\n", "real-time share", r.Share, r.Period)
	}
	fmt.Fprintf(&b, "%-16s %d: GOMAXPROCS is %d on %d processors", "spare Ps", r.Spare(), r.Procs, r.CPUs)
	if r.Spare() == 0 {
		b.WriteString("; beside goroutines that compute, a real-time thread can have the lock and no P")
	}
	return b.String()
}

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}
