package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/interlock-go/interlock/cmd/lockorder/internal/finding"
	"github.com/interlock-go/interlock/internal/graphfile"
)

// graphArgs are the flags and arguments that the commands on graph files share.
type graphArgs struct {
	flags *flag.FlagSet
	skip  bool
	out   string
}

func newGraphArgs(command string) *graphArgs {
	a := &graphArgs{flags: flag.NewFlagSet(command, flag.ContinueOnError)}
	a.flags.SetOutput(io.Discard) // the error is printed like any other
	a.flags.BoolVar(&a.skip, "skip", false, "")
	a.flags.StringVar(&a.out, "o", "", "")
	return a
}

// parse takes the command line apart. What is wrong with it is said in one line.
func (a *graphArgs) parse(args []string) error {
	err := a.flags.Parse(args)
	if errors.Is(err, flag.ErrHelp) {
		return errors.New("\"lockorder help\" has the flags")
	}
	return err
}

// load merges graph files, and all those in directories. A file that cannot be
// read is an error, or with -skip named and left out.
func (a *graphArgs) load(args []string, stderr io.Writer) (*graphfile.Graph, []error, error) {
	files, err := graphFiles(args)
	if err != nil {
		return nil, nil, err
	}
	graph, err := graphfile.Merge(files...)
	if err == nil {
		return graph, nil, nil
	}
	leftOut := []error{err}
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		leftOut = joined.Unwrap()
	}
	if !a.skip {
		return nil, nil, fmt.Errorf("%w\nlockorder: -skip leaves out what cannot be read", err)
	}
	for _, err := range leftOut {
		fmt.Fprintf(stderr, "lockorder: left out: %v\n", err)
	}
	if len(graph.Processes()) == 0 {
		return nil, nil, errors.New("-skip left out all of the graph files")
	}
	return graph, leftOut, nil
}

func graphFiles(args []string) ([]string, error) {
	if len(args) == 0 {
		return nil, errors.New("no graph file is named; lockorder test -graph FILE makes one")
	}
	var files []string
	for _, arg := range args {
		info, err := os.Stat(arg)
		switch {
		case err != nil:
			return nil, err
		case !info.IsDir():
			files = append(files, arg)
			continue
		}
		inside, err := filepath.Glob(filepath.Join(escapeGlob(arg), "*"+graphfile.Extension))
		if err != nil {
			return nil, err
		}
		if len(inside) == 0 {
			return nil, fmt.Errorf("no %s file is in %s", graphfile.Extension, arg)
		}
		files = append(files, inside...)
	}
	return files, nil
}

// escapeGlob keeps a directory's name from being a pattern.
func escapeGlob(dir string) string {
	var b []byte
	for i := range len(dir) {
		if c := dir[i]; c == '*' || c == '?' || c == '[' {
			b = append(b, '[', c, ']')
		} else {
			b = append(b, c)
		}
	}
	return string(b)
}

// write gives what f writes to the file of -o, or to standard output.
func (a *graphArgs) write(stdout io.Writer, f func(io.Writer) error) error {
	if a.out == "" {
		return f(stdout)
	}
	file, err := os.Create(a.out)
	if err != nil {
		return err
	}
	if err := f(file); err != nil {
		_ = file.Close()
		return err
	}
	return file.Close()
}

// mergeFiles is the command lockorder merge.
func mergeFiles(args []string, stdout, stderr io.Writer) int {
	a := newGraphArgs("merge")
	if err := a.parse(args); err != nil {
		return fail(stderr, err)
	}
	graph, _, err := a.load(a.flags.Args(), stderr)
	if err != nil {
		return fail(stderr, err)
	}
	if err := a.write(stdout, func(w io.Writer) error { _, err := graph.WriteTo(w); return err }); err != nil {
		return fail(stderr, err)
	}
	fmt.Fprintf(stderr, "lockorder: merged %s\n", finding.Extent(graph))
	return exitOK
}
