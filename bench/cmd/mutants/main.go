// Command mutants breaks package pi and its engine in the ways of a table, one at a time, and tells which of them
// no test notices.
//
//	go run ./cmd/mutants [-run regexp] [-list]
//
// It is run in the folder bench. A mutant is killed if a test of internal/inherit or pi fails, hangs, or crashes. The
// sources stay as they are: the compiler is given the mutant by an overlay. It exits with 1 if
// one survives, and takes some minutes.
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

// root is the module that is broken, from the folder bench.
const root = "../"

func main() {
	which := flag.String("run", "", "regexp: which mutants, by what they say")
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
	for _, m := range mutants {
		if !re.MatchString(m.says) {
			continue
		}
		if list {
			fmt.Printf("%s: %s\n", m.file, m.says)
			continue
		}
		killed, err := m.test()
		if err != nil {
			return 0, err
		}
		verdict := "killed"
		tried++
		if !killed {
			verdict = "SURVIVED"
			survivors++
		}
		fmt.Printf("%-8s  %s: %s\n", verdict, m.file, m.says)
	}
	if list {
		return 0, nil
	}
	fmt.Printf("%d of %d killed\n", tried-survivors, tried)
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

// test reports whether the tests notice the mutant. One that does not compile is no mutant.
func (m mutant) test() (killed bool, err error) {
	overlay, remove, err := m.overlay()
	if err != nil {
		return false, err
	}
	defer remove()
	cmd := exec.Command("go", "test", "-overlay="+overlay, "-vet=off", "-failfast", "-timeout=60s",
		"./internal/inherit", "./pi", "-rapid.nofailfile", "-rapid.shrinktime=1ms")
	cmd.Dir = root
	out, err := cmd.CombinedOutput()
	if strings.Contains(string(out), "[build failed]") {
		return false, fmt.Errorf("%s: does not compile\n%s", m.says, out)
	}
	return err != nil, nil
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
