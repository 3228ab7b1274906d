package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// The ways to run tests, as the tables call them.
const (
	plain = iota
	ours
	race
	wayCount
)

var wayNames = [wayCount]string{"plain", "lockorder", "-race"}

// tools are the programs that run the tests.
type tools struct {
	lockorder string
	self      string // for clock
}

// buildTools builds lockorder from the checkout that this module is in.
func buildTools(ctx context.Context, dir string) (tools, error) {
	self, err := os.Executable()
	if err != nil {
		return tools{}, err
	}
	t := tools{lockorder: filepath.Join(dir, "lockorder.exe"), self: self} // the ending that one system needs and none minds
	out, err := exec.CommandContext(ctx, "go", "build", "-o", t.lockorder,
		"github.com/interlock-go/interlock/cmd/lockorder").CombinedOutput()
	if err != nil {
		return tools{}, fmt.Errorf("go build: %w\n%s", err, out)
	}
	return t, nil
}

// A job is one module that is tested.
type job struct {
	tools
	subject subject
	dir     string // of the copy
	work    string // for build caches and the clock's files
	deps    string // whose locks are replaced as well

	ownCaches bool // each way has a build cache that nobody else has
}

// An outcome is what one run of the tests showed.
type outcome struct {
	elapsed   time.Duration // of the whole command
	tests     process       // of the test processes
	processes int
	failed    map[string]bool // tests, without their subtests; or a package that failed outside them
	said      string          // standard error, where lockorder prints its findings
}

// build builds the tests and runs none.
func (j job) build(ctx context.Context, way int) (outcome, error) {
	o, err := j.run(ctx, way, builtOnly)
	if err == nil && len(o.failed) > 0 {
		err = fmt.Errorf("%s does not build:\n%s", wayNames[way], o.said)
	}
	return o, err
}

// test runs the tests, a package at a time.
func (j job) test(ctx context.Context, way int) (outcome, error) {
	file := filepath.Join(j.work, "clock")
	if err := os.RemoveAll(file); err != nil {
		return outcome{}, err
	}
	o, err := j.run(ctx, way, file, "-p=1")
	if err != nil {
		return o, err
	}
	o.tests, o.processes, err = readProcesses(file)
	if err == nil && o.processes == 0 {
		err = fmt.Errorf("%s ran no test:\n%s", wayNames[way], o.said)
	}
	return o, err
}

func (j job) run(ctx context.Context, way int, clockFile string, flags ...string) (outcome, error) {
	args := []string{"test", "-json", "-count=1", "-timeout=4m", fmt.Sprintf("-exec='%s' %s '%s'", j.self, clockCommand, clockFile)}
	if way == race {
		args = append(args, "-race")
	}
	if j.subject.skip != "" {
		args = append(args, "-skip="+j.subject.skip)
	}
	args = append(append(args, flags...), j.subject.packages...)
	program := "go"
	if way == ours {
		program = j.lockorder
		if j.deps != "" {
			args = append(args[:1:1], append([]string{"-deps", j.deps}, args[1:]...)...)
		}
	}
	var stdout, stderr bytes.Buffer
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Dir = j.dir
	cmd.Env = append(os.Environ(), "GOWORK=off", "INTERLOCK=")
	if j.ownCaches {
		cmd.Env = append(cmd.Env, "GOCACHE="+filepath.Join(j.work, fmt.Sprint("cache", way)))
	}
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	start := time.Now()
	err := cmd.Run()
	o := outcome{elapsed: time.Since(start), said: stderr.String()}
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		return o, err
	}
	o.failed, err = failures(stdout.Bytes())
	if err != nil {
		err = fmt.Errorf("%s %s: %w\n%s", program, strings.Join(args, " "), err, o.said)
	}
	return o, err
}

// failures reads the output of go test -json.
func failures(out []byte) (map[string]bool, error) {
	failed := map[string]bool{}
	inTest := map[string]bool{} // packages in which a test failed
	lines := json.NewDecoder(bytes.NewReader(out))
	events := 0
	for ; lines.More(); events++ {
		var event struct{ Action, Package, Test string }
		if err := lines.Decode(&event); err != nil {
			return nil, fmt.Errorf("output of go test -json: %w\n%s", err, out)
		}
		test, _, _ := strings.Cut(event.Test, "/")
		switch {
		case event.Action != "fail":
		case test != "":
			failed[test], inTest[event.Package] = true, true
		case !inTest[event.Package]:
			failed[event.Package] = true
		}
	}
	if events == 0 {
		return nil, errors.New("no output")
	}
	return failed, nil
}
