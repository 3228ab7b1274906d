package overlay

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
)

// Go runs the go command in a directory.
type Go struct {
	Dir string   // "" is the current one
	Env []string // settings on top of the environment
}

// Command is the go command with args, ready to be started.
func (g Go) Command(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir = g.Dir
	cmd.Env = append(os.Environ(), g.Env...)
	return cmd
}

// output runs it and returns its standard output; the error has what it said.
func (g Go) output(ctx context.Context, args ...string) ([]byte, error) {
	cmd := g.Command(ctx, args...)
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.Output()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return nil, fmt.Errorf("go %s: %s", args[0], bytes.TrimSpace(said.Bytes()))
	}
	return out, err
}

// edit runs a `go mod edit` or `go work edit`, which want none of the flags that
// GOFLAGS has for builds.
func (g Go) edit(ctx context.Context, args ...string) ([]byte, error) {
	g.Env = append(g.Env[:len(g.Env):len(g.Env)], "GOFLAGS=")
	return g.output(ctx, args...)
}

// settings are what decides how a module has to be built.
type settings struct {
	GOMOD     string
	GOWORK    string
	GOFLAGS   string
	GOVERSION string
	// GOMODCACHE is where the modules are that nobody may write to.
	GOMODCACHE string
}

func (g Go) settings(ctx context.Context) (settings, error) {
	var s settings
	out, err := g.output(ctx, "env", "-json", "GOMOD", "GOWORK", "GOFLAGS", "GOVERSION", "GOMODCACHE")
	if err != nil {
		return s, err
	}
	if err := json.Unmarshal(out, &s); err != nil {
		return s, fmt.Errorf("go env: %w", err)
	}
	if s.GOWORK == "off" {
		s.GOWORK = ""
	}
	return s, nil
}

// flag finds the value of a flag in GOFLAGS, where none may have a space.
func (s settings) flag(name string) string {
	value := ""
	for field := range strings.FieldsSeq(s.GOFLAGS) {
		if v, ok := strings.CutPrefix(strings.TrimLeft(field, "-"), name+"="); ok {
			value = v
		}
	}
	return value
}
