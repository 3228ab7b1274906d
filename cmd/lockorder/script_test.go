package main

import (
	"crypto/sha256"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/interlock-go/interlock/internal/quiet"
)

func TestMain(m *testing.M) {
	testscript.Main(leakChecked{m}, map[string]func(){"lockorder": main})
}

// leakChecked is goleak.VerifyTestMain for a runner that wants to exit itself.
type leakChecked struct{ m *testing.M }

func (c leakChecked) Run() int {
	code := c.m.Run()
	if err := goleak.Find(); code == 0 && err != nil {
		fmt.Fprintln(os.Stderr, "goroutines left behind:", err)
		return 1
	}
	return code
}

// Each script is a small module and what lockorder says of it. Whatever a script
// does, the files that it was given must be the same at its end, and files that
// are made must be under ".made".
//
// What a script builds is built in the plain mode whatever the mode of this test, so
// the other modes run one script, to see that the command works in them.
func TestScripts(t *testing.T) {
	proxy, store := moduleProxy(t), t.TempDir() // one store, so that the library is built once
	testscript.Run(t, testscript.Params{
		Files:               scripts(t),
		RequireExplicitExec: true,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"cut": func(ts *testscript.TestScript, _ bool, args []string) { // cut FILE MADE: without its last byte
				content := ts.ReadFile(args[0])
				ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(content[:len(content)-1]), 0o666))
			},
		},
		Condition: func(cond string) (bool, error) {
			switch cond {
			case "cgo":
				return goEnv(t, "CGO_ENABLED") == "1" && hasCompiler(t), nil
			case "race":
				return goEnv(t, "CGO_ENABLED") == "1" && hasCompiler(t) && !testing.Short(), nil
			}
			return false, fmt.Errorf("unknown condition %q", cond)
		},
		Setup: func(env *testscript.Env) error {
			env.Setenv("GOCACHE", goEnv(t, "GOCACHE")) // so that std is built once
			env.Setenv("GOPROXY", "off")
			env.Setenv("PROXY", proxy)
			env.Setenv("GONOSUMDB", "*")
			env.Setenv("GOTOOLCHAIN", "local")
			env.Setenv("GOFLAGS", "-vet=off") // a third of the time; broken and copies turn it on
			env.Setenv("GOMODCACHE", filepath.Join(env.WorkDir, ".made", "mod"))
			env.Setenv("XDG_CACHE_HOME", filepath.Join(store, "cache"))
			if err := os.MkdirAll(filepath.Join(env.WorkDir, ".made"), 0o777); err != nil {
				return err
			}
			before := tree(t, env.WorkDir)
			env.Defer(func() {
				require.Equal(t, before, tree(t, env.WorkDir), "the user's files")
			})
			return nil
		},
	})
}

func scripts(t *testing.T) []string {
	if otherMode || quiet.Enabled {
		return []string{filepath.Join("testdata", "usage.txtar")}
	}
	files, err := filepath.Glob(filepath.Join("testdata", "*.txtar"))
	require.NoError(t, err)
	return files
}

func goEnv(t *testing.T, name string) string {
	out, err := exec.Command("go", "env", name).Output()
	require.NoError(t, err)
	return strings.TrimSpace(string(out))
}

// hasCompiler says whether cgo, and with it the race detector, can work.
func hasCompiler(t *testing.T) bool {
	_, err := exec.LookPath(strings.Fields(goEnv(t, "CC"))[0])
	return err == nil
}

// tree maps each file to its hash.
func tree(t *testing.T, root string) map[string][sha256.Size]byte {
	files := map[string][sha256.Size]byte{}
	require.NoError(t, filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, _ := filepath.Rel(root, path)
		switch {
		case name == ".made", name == ".tmp", name == ".gocache":
			return filepath.SkipDir
		case entry.Type().IsRegular():
			content, err := os.ReadFile(path)
			files[name] = sha256.Sum256(content)
			return err
		}
		return nil
	}))
	return files
}
