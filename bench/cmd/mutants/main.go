// Command mutants breaks the packages pi, bbuf, cond and banker, and what they stand on, in the ways of a table for each, one way at a time, and
// tells which of them no test notices.
//
//	go run ./cmd/mutants [-run regexp] [-list]
//
// It is run in the folder bench. A mutant is killed if a test of its package, or of one below it, fails or crashes, and also if it hangs, which is said. The
// sources stay as they are: the compiler is given the mutant by an overlay. It exits with 1 if
// one survives. A mutant takes some seconds, and one that hangs half a minute.
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
)

// A mutant is the first occurrence of old in file replaced by mutated.
type mutant struct {
	file, old, mutated string
	says               string // what is wrong then
}

// A suite is the mutants of a package and what the go command tests to kill them.
type suite struct {
	tests   []string
	mutants []mutant
}

var suites = []suite{inPi, inBbuf, inCond, inBanker, inSafestate}

// root is the module that is broken, from the folder bench.
const root = "../"

func main() {
	which := flag.String("run", "", "regexp: which mutants, by file, colon and what they say")
	list := flag.Bool("list", false, "name the mutants and test none")
	flag.Parse()
	survivors, err := run(*which, *list)
	if err != nil {
		fmt.Fprintln(os.Stderr, "mutants:", err)
		os.Exit(2)
	}
	if survivors > 0 {
		os.Exit(1)
	}
}

func run(which string, list bool) (survivors int, err error) {
	re, err := regexp.Compile(which)
	if err != nil {
		return 0, err
	}
	tried := 0
	for _, s := range suites {
		healthy := false
		for _, m := range s.mutants {
			name := m.file + ": " + m.says
			if !re.MatchString(name) {
				continue
			}
			if list {
				fmt.Println(name)
				continue
			}
			if !healthy {
				if failed, out := s.test(""); failed {
					return 0, fmt.Errorf("the tests fail without a mutant\n%s", out)
				}
				healthy = true
			}
			verdict, err := s.judge(m)
			if err != nil {
				return 0, err
			}
			tried++
			if verdict == survived {
				survivors++
			}
			fmt.Printf("%-8s  %s\n", verdict, name)
		}
	}
	if !list {
		fmt.Printf("%d of %d killed\n", tried-survivors, tried)
	}
	return survivors, nil
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

const survived = "SURVIVED"

// judge returns what the tests say of the mutant. One that does not compile is no mutant.
func (s suite) judge(m mutant) (verdict string, err error) {
	overlay, remove, err := m.overlay()
	if err != nil {
		return "", err
	}
	defer remove()
	failed, out := s.test(overlay)
	if strings.Contains(out, "[build failed]") {
		return "", fmt.Errorf("%s: does not compile\n%s", m.says, out)
	}
	switch {
	case !failed:
		return survived, nil
	case strings.Contains(out, "panic: test timed out"):
		return "hung", nil
	}
	return "killed", nil
}

// test runs the tests on the sources as an overlay has them.
func (s suite) test(overlay string) (failed bool, output string) {
	args := []string{"test", "-overlay=" + overlay, "-vet=off", "-failfast", "-short", "-timeout=30s"}
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
