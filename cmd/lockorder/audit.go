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
	"time"

	"github.com/interlock-go/interlock/internal/overlay"
)

// audit is the commands test, build and run. It returns the exit status.
func audit(verb string, args []string, stdout, stderr io.Writer) int {
	p, err := parseArgs(verb, args)
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
	build, err := prepare(ctx, p, dir, say)
	if err != nil {
		return fail(stderr, err)
	}
	tellMoves(build, stderr)
	say("go %s, sync's locks replaced in %d files of %d packages", verb, build.Files, build.Packages)
	if verb == "build" {
		return only(ctx, p, build, stdout, stderr)
	}
	graphs, err := graphDir(dir)
	if err != nil {
		return fail(stderr, err)
	}
	kept := ""
	if p.confirm {
		if kept, err = os.MkdirTemp(dir, "kept-"); err != nil {
			return fail(stderr, err)
		}
	}
	began := time.Now()
	status, err := observe(ctx, p, build, graphs, kept, stdout, stderr)
	if err != nil {
		return fail(stderr, err)
	}
	if build.Files == 0 && status == exitOK {
		fmt.Fprintln(stderr, "lockorder: no file whose locks change imports sync, so there is nothing to see")
	}
	if p.json {
		stdout = stderr
	}
	c := conclusion{p: p, build: build, graphs: graphs, kept: kept, took: time.Since(began), say: say}
	return max(status, c.print(ctx, stdout, stderr))
}

// tellMoves says what was decided about packages and files that nobody has asked for.
func tellMoves(build *overlay.Build, stderr io.Writer) {
	for _, err := range build.Unread {
		fmt.Fprintf(stderr, "lockorder: left as it is: %v\n", err)
	}
	for _, m := range build.Moves {
		what := "keeps sync's locks"
		if m.Changed {
			what = "changes its locks, too"
		}
		fmt.Fprintf(stderr, "lockorder: %s %s, for a lock crosses at %s:%d:%d: %s\n",
			m.Base, what, build.Short(m.At.Filename), m.At.Line, m.At.Column, m.Error)
	}
}

// only builds, and leaves the table of classes where it was asked for.
func only(ctx context.Context, p *goArgs, build *overlay.Build, stdout, stderr io.Writer) int {
	status, err := runGo(ctx, p, build, overlay.Go{Dir: p.dir, Env: build.Env}, "", stdout, stderr)
	if err == nil && status == exitOK && p.classes != "" {
		var table []byte
		if table, err = os.ReadFile(build.Classes); err == nil {
			err = os.WriteFile(p.classes, table, 0o666)
		}
	}
	if err != nil {
		return fail(stderr, err)
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

func prepare(ctx context.Context, p *goArgs, dir string, say func(string, ...any)) (*overlay.Build, error) {
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
		Tests:    p.verb == "test",
		Flags:    p.list,
		Modfile:  p.modfile,
		Overlay:  p.overlay,
		Mod:      p.mod,
		Trimmed:  p.trimmed,
		Plain:    p.plain,
		Deps:     p.deps,
		Library:  library,
		Dir:      dir,
		Say:      say,
	})
}

// observe runs the tests, or the program, and returns the exit status of the go
// command.
func observe(ctx context.Context, p *goArgs, build *overlay.Build, graphs, kept string, stdout, stderr io.Writer) (int, error) {
	if kept != "" {
		flag, err := keepExec(kept, p.exec)
		if err != nil {
			return 0, err
		}
		p.exec = flag
	}
	g := overlay.Go{Dir: p.dir, Env: append(build.Env, "INTERLOCK="+settings(graphs, build))}
	return runGo(ctx, p, build, g, graphs, stdout, stderr)
}

// settings are the user's and lockorder's, which come last and so count.
func settings(graphs string, build *overlay.Build, more ...string) string {
	own := append([]string{"graph=" + graphs, "classes=" + build.Classes}, more...)
	return strings.TrimLeft(os.Getenv("INTERLOCK")+" "+strings.Join(own, " "), " ")
}

// runGo runs the go command and returns its exit status. It watches the graph files
// if there are any.
func runGo(ctx context.Context, p *goArgs, build *overlay.Build, g overlay.Go, graphs string, stdout, stderr io.Writer) (int, error) {
	args, err := commandLine(p, build)
	if err != nil {
		return 0, err
	}
	cmd := g.Command(ctx, args...)
	cmd.Stdin = os.Stdin
	toOut := &output{out: stdout, restore: build.Restore}
	toErr := &output{out: stderr, restore: build.Restore}
	cmd.Stdout, cmd.Stderr = toOut, toErr
	stop := func() {}
	if graphs != "" {
		stop = watchHangs(graphs, toErr)
	}
	err = runSignalled(cmd)
	stop()
	err = errors.Join(err, toOut.flush(), toErr.flush())

	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit) && exit.Exited():
		return exit.ExitCode(), nil
	case errors.As(err, &exit): // by a signal
		return exitFail, nil
	}
	return exitOK, err
}

// commandLine is the prepared build's flags and the user's.
func commandLine(p *goArgs, build *overlay.Build) ([]string, error) {
	args := append([]string{p.verb}, build.Flags...)
	if !p.counted && p.verb == "test" {
		args = append(args, "-count=1")
	}
	if p.exec != "" {
		args = append(args, "-exec="+p.exec)
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
	return append(args, p.handed...), nil
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
