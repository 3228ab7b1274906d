// Command mutants breaks the packages pi, bbuf, cond and banker, and what they stand on, in the ways of a table for each, one way at a time, and
// tells which of them no test notices.
//
//	go run ./cmd/mutants [-run regexp] [-list]
//
// It is run in the folder bench. A mutant is killed if a test of its package, or of one below it, fails or crashes, and also if it hangs, which is said. The
// sources stay as they are: the compiler is given the mutant by an overlay. A mutant takes some seconds, and one that hangs some times as long
// as the tests take without it.
//
// Some mutants are known to change nothing that anybody could notice. -list gives the argument for each, and they are tried too: one that is killed
// has a wrong argument. It exits with 1 if a mutant survives that is not known as equivalent, one is killed that is, or one does not compile.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"time"
)

// A mutant is the first occurrence of old in file replaced by mutated.
type mutant struct {
	file, old, mutated string
	says               string // what is wrong then
}

// An equivalent is a mutant that nobody can notice.
type equivalent struct {
	mutant
	since string // why
}

// A suite is the mutants of a package and what the go command tests to kill them.
type suite struct {
	tests       []string
	mutants     []mutant
	equivalents []equivalent
}

var suites = []suite{inPi, inBbuf, inWakers, inPark, inCond, inBanker, inSafestate}

// root is the module that is broken, from the folder bench.
const root = "../"

func main() {
	which := flag.String("run", "", "regexp: which mutants, by file, colon and what they say")
	list := flag.Bool("list", false, "name the mutants and test none")
	flag.Parse()
	mistakes, err := run(*which, *list)
	if err != nil {
		fmt.Fprintln(os.Stderr, "mutants:", err)
		os.Exit(2)
	}
	if mistakes > 0 {
		os.Exit(1)
	}
}

// run tries the mutants whose names match, or lists them, and returns how many are not as the table has them.
func run(which string, list bool) (mistakes int, err error) {
	re, err := regexp.Compile(which)
	if err != nil {
		return 0, err
	}
	count := map[verdict]int{}
	for _, s := range suites {
		all := s.matching(re)
		if list {
			all.list()
			continue
		}
		if err := all.try(count); err != nil {
			return 0, err
		}
	}
	if !list {
		fmt.Printf("%d killed and %d hung, %d equivalent; %d survived, %d killed as equivalents, %d did not compile\n",
			count[killed], count[hung], count[noticedByNobody], count[survived], count[notEquivalent], count[broken])
	}
	return count[survived] + count[notEquivalent] + count[broken], nil
}

func (m mutant) name() string { return m.file + ": " + m.says }

// matching returns the suite without the mutants whose names do not match.
func (s suite) matching(re *regexp.Regexp) suite {
	some := suite{tests: s.tests}
	for _, m := range s.mutants {
		if re.MatchString(m.name()) {
			some.mutants = append(some.mutants, m)
		}
	}
	for _, e := range s.equivalents {
		if re.MatchString(e.name()) {
			some.equivalents = append(some.equivalents, e)
		}
	}
	return some
}

func (s suite) list() {
	for _, m := range s.mutants {
		fmt.Println(m.name())
	}
	for _, e := range s.equivalents {
		fmt.Printf("%s\n\tequivalent: %s\n", e.name(), e.since)
	}
}

// A verdict is what the tests say of a mutant.
type verdict string

const (
	killed          verdict = "killed"
	hung            verdict = "hung"
	survived        verdict = "SURVIVED"
	noticedByNobody verdict = "equivalent"
	notEquivalent   verdict = "KILLED as equivalent"
	broken          verdict = "DOES NOT COMPILE"
)

// try tries every mutant of the suite and counts the verdicts.
func (s suite) try(count map[verdict]int) error {
	if len(s.mutants)+len(s.equivalents) == 0 {
		return nil
	}
	began := time.Now()
	if failed, out := s.test("", 2*time.Minute); failed {
		return fmt.Errorf("the tests fail without a mutant\n%s", out)
	}
	patience := max(15*time.Second, 3*time.Since(began))
	note := func(m mutant, v verdict) {
		count[v]++
		fmt.Printf("%-10s  %s\n", v, m.name())
	}
	for _, m := range s.mutants {
		v, err := s.judge(m, patience)
		if err != nil {
			return err
		}
		note(m, v)
	}
	for _, e := range s.equivalents {
		v, err := s.judge(e.mutant, patience)
		if err != nil {
			return err
		}
		switch v {
		case survived:
			v = noticedByNobody
		case killed, hung:
			v = notEquivalent
		}
		note(e.mutant, v)
	}
	return nil
}

// apply returns the file's text with the mutation.
func (m mutant) apply(root string) (string, error) {
	text, err := os.ReadFile(root + m.file)
	if err != nil {
		return "", err
	}
	if !strings.Contains(string(text), m.old) {
		return "", fmt.Errorf("%s does not have %q", m.file, m.old)
	}
	return strings.Replace(string(text), m.old, m.mutated, 1), nil
}

// judge returns what the tests say of the mutant.
func (s suite) judge(m mutant, patience time.Duration) (verdict, error) {
	overlay, remove, err := m.overlay()
	if err != nil {
		return "", err
	}
	defer remove()
	failed, out := s.test(overlay, patience)
	switch {
	case !failed:
		return survived, nil
	case strings.Contains(out, "[build failed]"):
		return broken, nil
	case strings.Contains(out, "panic: test timed out"):
		return hung, nil
	}
	return killed, nil
}

// test runs the tests on the sources as an overlay has them.
func (s suite) test(overlay string, patience time.Duration) (failed bool, output string) {
	args := []string{"test", "-overlay=" + overlay, "-vet=off", "-failfast", "-short", "-count=1", "-timeout=" + patience.String()}
	cmd := exec.Command("go", append(args, s.tests...)...)
	cmd.Dir = root
	out, err := cmd.CombinedOutput()
	return err != nil, string(out)
}

// overlay writes the mutated file and what tells the compiler to take it.
func (m mutant) overlay() (path string, remove func(), err error) {
	text, err := m.apply(root)
	if err != nil {
		return "", nil, err
	}
	dir, err := os.MkdirTemp("", "mutants")
	if err != nil {
		return "", nil, err
	}
	remove = func() { os.RemoveAll(dir) }
	original, err := filepath.Abs(root + m.file)
	if err != nil {
		return "", remove, err
	}
	mutated, path := filepath.Join(dir, filepath.Base(m.file)), filepath.Join(dir, "overlay.json")
	replace, err := json.Marshal(map[string]map[string]string{"Replace": {original: mutated}})
	if err != nil {
		return "", remove, err
	}
	if err := os.WriteFile(mutated, []byte(text), 0o600); err != nil {
		return "", remove, err
	}
	return path, remove, os.WriteFile(path, replace, 0o600)
}
