// Audits runs the tests of third-party modules, as the module proxy has them,
// three ways: as they are, with lockorder test, and with the race detector. It
// prints what lockorder found and what each way cost.
//
//	go run ./cmd/audits [flags] [module@version [packages]]
//
// Without arguments it audits the modules in docs/audit.md. Of each it makes a
// writable copy in a temporary directory, builds each way, and then runs the
// tests in rounds, one package after the other. The time of the tests is that
// of the test processes alone; the go command's is left out. A ratio is the
// median over the rounds of the ratio within a round.
//
// Flags:
//
//	-run regexp
//		Audit only the modules whose path matches.
//	-count n
//		Rounds, 5 if not given.
//	-cold
//		Instead of rounds, build each way with a build cache of its own, so that
//		the first time is cold and the second warm, then again after a change of
//		one file, and print how long it took. Standard library and dependencies
//		are part of a cold build.
//	-deps pattern
//		Replace the locks of dependencies too, as lockorder test -deps does.
//	-reports dir
//		Write the findings, each once, to a file per module in dir.
//	-list
//		Print the modules and audit none.
//
// The exit status is 1 if a test failed with lockorder test in most rounds and
// passed plain in all, or if a file of a module was changed; 2 if a module could
// not be had or built.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
)

func main() {
	if len(os.Args) > 2 && os.Args[1] == clockCommand {
		os.Exit(clock(os.Args[2], os.Args[3:]))
	}
	which := flag.String("run", "", "only the modules whose path matches the `regexp`")
	count := flag.Int("count", 5, "rounds")
	cold := flag.Bool("cold", false, "measure building instead, from an empty cache and again")
	deps := flag.String("deps", "", "`pattern` of dependencies whose locks are replaced as well, all for each")
	reports := flag.String("reports", "", "`dir` for the findings, a file per module")
	list := flag.Bool("list", false, "print the modules and audit none")
	flag.Parse()
	subjects, err := selected(*which, flag.Args())
	if err == nil && *list {
		for _, s := range subjects {
			fmt.Println(s)
		}
		return
	}
	if err == nil && *count < 1 {
		err = fmt.Errorf("-count %d: no rounds", *count)
	}
	same := false
	if err == nil {
		same, err = auditAll(context.Background(), subjects, task{*count, *cold, *deps, *reports})
	}
	switch {
	case err != nil:
		fmt.Fprintln(os.Stderr, "audits:", err)
		os.Exit(2)
	case !same:
		os.Exit(1)
	}
}

// selected are the subjects of the command line.
func selected(which string, args []string) ([]subject, error) {
	if len(args) > 0 {
		s, err := parseSubject(args)
		return []subject{s}, err
	}
	re, err := regexp.Compile(which)
	if err != nil {
		return nil, err
	}
	chosen := slices.DeleteFunc(slices.Clone(subjects), func(s subject) bool { return !re.MatchString(s.module) })
	if len(chosen) == 0 {
		return nil, fmt.Errorf("no module matches %q; -list prints them", which)
	}
	return chosen, nil
}

// A task is what to do with each subject.
type task struct {
	count   int
	cold    bool
	deps    string
	reports string // directory, "" for none
}

// auditAll prints the tables, and reports whether all modules were as before.
func auditAll(ctx context.Context, subjects []subject, t task) (same bool, err error) {
	dir, err := os.MkdirTemp("", "audits-")
	if err != nil {
		return false, err
	}
	defer os.RemoveAll(dir)
	tools, err := buildTools(ctx, dir)
	if err != nil {
		return false, err
	}
	var audits []*audit
	same = true
	for i, s := range subjects {
		fmt.Fprintf(os.Stderr, "%d of %d: %s\n", i+1, len(subjects), s)
		work := filepath.Join(dir, fmt.Sprint("module", i))
		a, err := tools.audit(ctx, s, t, work)
		if err != nil {
			return false, fmt.Errorf("%s: %w", s, err)
		}
		if err := os.RemoveAll(work); err != nil {
			return false, err
		}
		if t.reports != "" {
			if err := a.writeReports(t.reports); err != nil {
				return false, err
			}
		}
		audits = append(audits, a)
		same = same && a.same()
	}
	if t.cold {
		return same, writeBuilds(os.Stdout, audits)
	}
	return same, writeTables(os.Stdout, audits)
}
