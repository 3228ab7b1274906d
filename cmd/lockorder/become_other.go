//go:build !unix

package main

import "io"

// become runs the command: there is no way to become it.
func become(command []string, stdout, stderr io.Writer) int {
	return runTool(command, stdout, stderr)
}
