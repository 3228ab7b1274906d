//go:build unix

package main

import (
	"io"
	"os"
	"os/exec"
	"syscall"
)

// become makes this process the command, so that the signals by which the go
// command ends a test reach it.
func become(command []string, _, stderr io.Writer) int {
	path, err := exec.LookPath(command[0])
	if err == nil {
		err = syscall.Exec(path, command, os.Environ())
	}
	return fail(stderr, err)
}
