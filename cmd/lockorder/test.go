package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"

	"github.com/interlock-go/interlock/internal/overlay"
)

// test is the command lockorder test. It returns the exit status.
func test(args []string, stdout, stderr io.Writer) int {
	p, err := parseArgs(args)
	if err != nil {
		return fail(stderr, err)
	}
	dir, err := os.MkdirTemp("", "lockorder-")
	if err != nil {
		return fail(stderr, err)
	}
	defer os.RemoveAll(dir)

	ctx := context.Background()
	say := progress(stderr)
	say("reading the packages")
	build, err := prepare(ctx, p, dir)
	if err != nil {
		return fail(stderr, err)
	}
	for _, err := range build.Unread {
		fmt.Fprintf(stderr, "lockorder: left as it is: %v\n", err)
	}
	say("running the tests, sync's locks replaced in %d files of %d packages", build.Files, build.Packages)
	graphs, err := graphDir(dir)
	if err != nil {
		return fail(stderr, err)
	}
	status, err := runTests(ctx, p, build, graphs, stdout, stderr)
	if err != nil {
		return fail(stderr, err)
	}

	if build.Files == 0 && status == exitOK {
		fmt.Fprintln(stderr, "lockorder: no file of the main module imports sync, so there is nothing to see")
	}
	if p.json {
		stdout = stderr
	}
	return max(status, conclude(p, graphs, stdout, stderr))
}

// conclude prints what the test processes have found and returns the exit status
// that it deserves.
func conclude(p *testArgs, graphs string, stdout, stderr io.Writer) int {
	status := exitOK
	graph, err := merge(graphs)
	if err != nil {
		fmt.Fprintf(stderr, "lockorder: left out of the findings: %v\n", err)
		status = exitFail
	}
	if p.graph != "" {
		if err := writeGraph(p.graph, graph); err != nil {
			return fail(stderr, err)
		}
	}
	found := collect(graph)
	found.toRead(findPlaces(p.dir))
	found.print(stdout, graph, p.fail)
	if found.count(p.fail) > 0 {
		status = exitFail
	}
	return status
}

func fail(stderr io.Writer, err error) int {
	fmt.Fprintf(stderr, "lockorder: %v\n", err)
	return exitUsage
}

// progress returns what tells a person in front of a terminal what goes on. A
// log has no use for it.
func progress(stderr io.Writer) func(string, ...any) {
	file, ok := stderr.(*os.File)
	if !ok {
		return func(string, ...any) {}
	}
	if info, err := file.Stat(); err != nil || info.Mode()&os.ModeCharDevice == 0 {
		return func(string, ...any) {}
	}
	return func(format string, args ...any) {
		fmt.Fprintf(stderr, "lockorder: "+format+"\n", args...)
	}
}

func prepare(ctx context.Context, p *testArgs, dir string) (*overlay.Build, error) {
	library, err := librarySource(ctx)
	if err != nil {
		return nil, fmt.Errorf("source of interlock: %w", err)
	}
	store, err := overlay.OpenStore()
	if err != nil {
		return nil, err
	}
	defer store.Trim()
	return overlay.Prepare(ctx, store, overlay.Request{
		Go:       overlay.Go{Dir: p.dir},
		Packages: p.packages,
		Flags:    p.list,
		Modfile:  p.modfile,
		Overlay:  p.overlay,
		Plain:    p.plain,
		Library:  library,
		Dir:      dir,
	})
}

// runTests runs go test and returns its exit status.
func runTests(ctx context.Context, p *testArgs, build *overlay.Build, graphs string, stdout, stderr io.Writer) (int, error) {
	args, err := goTestArgs(p, build)
	if err != nil {
		return 0, err
	}
	g := overlay.Go{Dir: p.dir, Env: append(build.Env, "INTERLOCK="+strings.TrimLeft(os.Getenv("INTERLOCK")+" graph="+graphs, " "))}
	cmd := g.Command(ctx, args...)
	boundaries := &boundaryWatch{}
	cmd.Stdin = os.Stdin
	toOut := &output{out: stdout, restore: build.Restore, watch: boundaries.line}
	toErr := &output{out: stderr, restore: build.Restore, watch: boundaries.line}
	cmd.Stdout, cmd.Stderr = toOut, toErr
	stop := watchHangs(graphs, toErr)
	err = runSignalled(cmd)
	stop()
	err = errors.Join(err, toOut.flush(), toErr.flush())
	boundaries.explain(stderr)

	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit) && exit.Exited():
		return exit.ExitCode(), nil
	case errors.As(err, &exit): // by a signal
		return exitFail, nil
	}
	return exitOK, err
}

// goTestArgs are the prepared build's flags and the user's.
func goTestArgs(p *testArgs, build *overlay.Build) ([]string, error) {
	args := append([]string{"test"}, build.Flags...)
	if !p.counted {
		args = append(args, "-count=1")
	}
	switch {
	case p.covered:
		flag, err := toolexecFlag(build.Overlay, p.toolexec)
		if err != nil {
			return nil, err
		}
		args = append(args, flag)
	case p.toolexec != "":
		args = append(args, "-toolexec="+p.toolexec)
	}
	return append(args, p.goTest...), nil
}

// runSignalled runs cmd and stays alive when interrupted, so that what the tests
// have shown until then is still printed. A terminal interrupts cmd as well;
// a termination has to be handed on.
func runSignalled(cmd *exec.Cmd) error {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	if err := cmd.Start(); err != nil {
		signal.Stop(signals)
		return err
	}
	handed := make(chan struct{})
	go func() {
		defer close(handed)
		for s := range signals {
			if s == syscall.SIGTERM {
				_ = cmd.Process.Signal(s) // it may have ended
			}
		}
	}()
	err := cmd.Wait()
	signal.Stop(signals)
	close(signals)
	<-handed
	return err
}
