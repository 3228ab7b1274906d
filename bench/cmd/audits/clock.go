package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"time"
)

// clockCommand is the command under which go test -exec runs this program for
// each test binary.
const clockCommand = "clock"

// builtOnly in place of a file makes clock run nothing, so that go test only builds.
const builtOnly = "-"

// A process is what one test binary took.
type process struct {
	Wall, CPU time.Duration
}

// clock runs a test binary and appends what it took to the file. It returns the
// binary's exit status.
func clock(file string, command []string) int {
	if file == builtOnly {
		return 0
	}
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	start := time.Now()
	err := cmd.Run()
	took := process{Wall: time.Since(start)}
	if cmd.ProcessState == nil {
		fmt.Fprintln(os.Stderr, "audits:", err)
		return 2
	}
	took.CPU = cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	if err := appendProcess(file, took); err != nil {
		fmt.Fprintln(os.Stderr, "audits:", err)
		return 2
	}
	return max(cmd.ProcessState.ExitCode(), -1) & 0xff // -1 for one that a signal ended
}

func appendProcess(file string, p process) error {
	line, err := json.Marshal(p)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(file, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o666)
	if err != nil {
		return err
	}
	_, err = f.Write(append(line, '\n'))
	return errors.Join(err, f.Close())
}

// readProcesses adds up what clock has written. No file means that no test ran.
func readProcesses(file string) (total process, n int, err error) {
	f, err := os.Open(file)
	if errors.Is(err, os.ErrNotExist) {
		return total, 0, nil
	}
	if err != nil {
		return total, 0, err
	}
	defer f.Close()
	for lines := json.NewDecoder(f); lines.More(); n++ {
		var p process
		if err := lines.Decode(&p); err != nil {
			return total, n, err
		}
		total.Wall += p.Wall
		total.CPU += p.CPU
	}
	return total, n, nil
}
