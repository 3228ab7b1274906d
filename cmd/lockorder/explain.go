package main

import (
	"errors"
	"io"
)

// explain is the command lockorder explain.
func explain(args []string, stdout, stderr io.Writer) int {
	a := &checkArgs{graphArgs: newGraphArgs("explain"), fail: goArgs{fail: defaultFail}}
	a.flags.StringVar(&a.baseline, "baseline", "", "")
	a.flags.BoolVar(&a.partial, "partial", false, "")
	if err := a.parse(args); err != nil {
		return fail(stderr, err)
	}
	if a.flags.NArg() == 0 {
		return fail(stderr, errors.New("explain what? The command is lockorder explain ID GRAPH"))
	}
	id := a.flags.Arg(0)
	if err := a.flags.Parse(a.flags.Args()[1:]); err != nil { // flags may follow
		return fail(stderr, err)
	}
	v, err := a.judge(stderr)
	if err != nil {
		return fail(stderr, err)
	}
	f, err := v.Find(id)
	if err != nil {
		return fail(stderr, err)
	}
	if err := a.write(stdout, func(w io.Writer) error { return v.Explain(f, w) }); err != nil {
		return fail(stderr, err)
	}
	return exitOK
}
