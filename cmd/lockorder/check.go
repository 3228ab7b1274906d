package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/interlock-go/interlock/cmd/lockorder/internal/finding"
	"github.com/interlock-go/interlock/cmd/lockorder/internal/verdict"
	"github.com/interlock-go/interlock/internal/baseline"
)

type checkArgs struct {
	*graphArgs
	baseline, format string
	update, partial  bool
	fail             goArgs // for its -fail
}

// check is the command lockorder check. It returns the exit status.
func check(args []string, stdout, stderr io.Writer) int {
	a := &checkArgs{graphArgs: newGraphArgs("check"), fail: goArgs{fail: defaultFail}}
	a.flags.StringVar(&a.baseline, "baseline", "", "")
	a.flags.StringVar(&a.format, "format", "text", "")
	a.flags.BoolVar(&a.update, "update", false, "")
	a.flags.BoolVar(&a.partial, "partial", false, "")
	a.flags.Func("fail", "", a.fail.setFail)
	if err := a.parse(args); err != nil {
		return fail(stderr, err)
	}
	write, known := verdict.Formats[a.format]
	switch {
	case !known:
		return fail(stderr, fmt.Errorf("unknown format %q; there are %s", a.format, strings.Join(verdict.FormatNames, ", ")))
	case a.update && a.baseline == "":
		return fail(stderr, errors.New("-update needs the -baseline to write"))
	}
	v, err := a.judge(stderr)
	if err != nil {
		return fail(stderr, err)
	}
	if err := a.write(stdout, func(w io.Writer) error { return write(v, w) }); err != nil {
		return fail(stderr, err)
	}
	if a.out != "" && a.format != "text" {
		_ = verdict.WriteText(v, stdout) // the file is for a machine, and somebody reads the log
	}
	if a.update {
		return a.rewrite(v, stderr)
	}
	if v.Failed() {
		return exitFail
	}
	return exitOK
}

// judge reads the files and holds the graph against the baseline.
func (a *checkArgs) judge(stderr io.Writer) (*verdict.Verdict, error) {
	c := verdict.Case{
		Failing: a.fail.fail, Name: a.baseline, Base: &baseline.File{}, Partial: a.partial, Update: a.update, Places: finding.FindPlaces(""),
	}
	var err error
	if c.Graph, c.LeftOut, err = a.load(a.flags.Args(), stderr); err != nil {
		return nil, err
	}
	if a.baseline != "" {
		if c.Base, err = a.readBaseline(); err != nil {
			return nil, err
		}
	}
	return c.Judge(time.Now())
}

// readBaseline reads the baseline; one that is not there yet is empty, if it is
// about to be written.
func (a *checkArgs) readBaseline() (*baseline.File, error) {
	file, err := os.Open(a.baseline)
	if errors.Is(err, os.ErrNotExist) && a.update {
		return &baseline.File{}, nil
	}
	if err != nil {
		return nil, fmt.Errorf("%w; -update makes a baseline", err)
	}
	defer file.Close()
	return baseline.Read(file, a.baseline)
}
