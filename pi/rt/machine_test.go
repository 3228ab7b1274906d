//go:build linux

package rt_test

import (
	"context"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"github.com/stretchr/testify/require"
)

// machine runs the named program in a process of its own, on processor cpu only if that is not negative, and returns its output.
func machine(t *testing.T, name string, cpu int, env ...string) string {
	t.Helper()
	self, err := os.Executable()
	require.NoError(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, self)
	cmd.Env = append(os.Environ(), append(env, machineEnv+"="+name)...)
	var out, errs strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &errs
	if cpu < 0 {
		err = cmd.Start()
	} else {
		err = startOn(cpu, cmd)
	}
	require.NoError(t, err)
	require.NoError(t, cmd.Wait(), "%s\n%s", &out, &errs)
	return out.String()
}

// startOn starts cmd from a thread that may use one processor only, which the process inherits.
func startOn(cpu int, cmd *exec.Cmd) error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	var before, one [1024 / 64]uint64
	one[cpu/64] = 1 << (cpu % 64)
	affinity := func(call uintptr, mask *[1024 / 64]uint64) {
		_, _, _ = syscall.RawSyscall(call, 0, unsafe.Sizeof(*mask), uintptr(unsafe.Pointer(mask)))
	}
	affinity(syscall.SYS_SCHED_GETAFFINITY, &before)
	affinity(syscall.SYS_SCHED_SETAFFINITY, &one)
	defer affinity(syscall.SYS_SCHED_SETAFFINITY, &before)
	return cmd.Start()
}

// allowed returns a processor that the process may use, the last one: the first has most of the interrupts.
func allowed(t *testing.T) int {
	var mask [1024 / 64]uint64
	_, _, errno := syscall.RawSyscall(syscall.SYS_SCHED_GETAFFINITY, 0, unsafe.Sizeof(mask), uintptr(unsafe.Pointer(&mask)))
	require.Zero(t, errno)
	for cpu := len(mask)*64 - 1; cpu >= 0; cpu-- {
		if mask[cpu/64]&(1<<(cpu%64)) != 0 {
			return cpu
		}
	}
	t.Fatal("no processor")
	return 0
}
