package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// keepCommand is the command under which the go command runs each test binary, by
// its -exec, if it is to be run again: go test deletes what it has built, and
// linking it once more takes longer than most tests.
const keepCommand = "keep"

// keptTest is a test binary and how go test ran it.
type keptTest struct {
	Program string   // where go test had it: what its graph file calls it
	Binary  string   // where it is kept
	Exec    []string // the user's own -exec
	Args    []string
	Dir     string
	Env     []string
}

// keepExec is the -exec by which the go command runs the tests through this program.
func keepExec(dir, users string) (string, error) {
	self, err := os.Executable()
	if err != nil {
		return "", err
	}
	if strings.Contains(self+dir, "'") {
		return "", fmt.Errorf("-confirm: the path %q or %q has a quote in it", self, dir)
	}
	flag := fmt.Sprintf("'%s' %s '%s'", self, keepCommand, dir)
	if users != "" {
		flag += " " + users
	}
	return flag, nil
}

// keep runs a test: args are the directory for what is kept, the user's own -exec
// if there is one, the test binary and its arguments. That it cannot be kept is no
// reason not to run it.
func keep(args []string, stdout, stderr io.Writer) int {
	if len(args) < 2 {
		return fail(stderr, fmt.Errorf("%s is for the go command", keepCommand))
	}
	dir, command := args[0], args[1:]
	if err := keepTest(dir, command); err != nil {
		fmt.Fprintf(stderr, "lockorder: cannot be run again: %v\n", err)
	}
	return become(command, stdout, stderr)
}

func keepTest(dir string, command []string) error {
	at := slices.IndexFunc(command, func(arg string) bool { return strings.HasSuffix(strings.TrimSuffix(arg, ".exe"), ".test") })
	if at < 0 {
		return errors.New("no test binary is on the command line that -exec got")
	}
	place, err := os.MkdirTemp(dir, "")
	if err != nil {
		return err
	}
	k := keptTest{
		Program: command[at], Binary: filepath.Join(place, filepath.Base(command[at])),
		Exec: command[:at], Args: rerunnable(command[at+1:]), Env: os.Environ(),
	}
	if k.Dir, err = os.Getwd(); err != nil {
		return err
	}
	if os.Link(k.Program, k.Binary) != nil { // on another file system
		if err := copyFile(k.Binary, k.Program); err != nil {
			return err
		}
	}
	raw, err := json.Marshal(k)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(place, "kept.json"), raw, 0o666)
}

// rerunnable leaves out what writes files: the user's profiles are those of the
// first run, and the go command's own files are gone.
func rerunnable(args []string) []string {
	writes := words(`artifacts blockprofile coverprofile cpuprofile fuzz fuzzcachedir gocoverdir memprofile mutexprofile outputdir
		testlogfile trace`)
	var kept []string
	for i, arg := range args {
		name, _, _ := splitFlag(arg)
		short, own := strings.CutPrefix(name, "test.")
		if name == "" || arg == "-args" {
			return append(kept, args[i:]...) // the test's
		}
		if !own || !writes[short] { // the go command writes all of its own with a =
			kept = append(kept, arg)
		}
	}
	return kept
}

func copyFile(to, from string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o777)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}

// keptTests reads what was kept in dir.
func keptTests(dir string) ([]*keptTest, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*", "kept.json"))
	if err != nil {
		return nil, err
	}
	var all []*keptTest
	for _, name := range files {
		raw, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		k := &keptTest{}
		if err := json.Unmarshal(raw, k); err != nil {
			return nil, err
		}
		all = append(all, k)
	}
	return all, nil
}
