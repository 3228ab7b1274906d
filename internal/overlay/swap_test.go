package overlay_test

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/interlock-go/interlock/internal/overlay"
)

const shim = `"` + overlay.Shim + `"`

func TestSwapImport(t *testing.T) {
	for name, c := range map[string]struct{ src, want string }{
		"plain":         {"package p\nimport \"sync\"\nvar m sync.Mutex\n", "package p\nimport sync " + shim + "\nvar m sync.Mutex\n"},
		"raw string":    {"package p\nimport `sync`\n", "package p\nimport sync " + shim + "\n"},
		"in a group":    {"package p\nimport (\n\t\"fmt\"\n\t\"sync\" // locks\n\t\"os\"\n)\n", "package p\nimport (\n\t\"fmt\"\n\tsync " + shim + " // locks\n\t\"os\"\n)\n"},
		"renamed":       {"package p\nimport s \"sync\"\n", "package p\nimport s " + shim + "\n"},
		"renamed so":    {"package p\nimport sync \"sync\"\n", "package p\nimport sync " + shim + "\n"},
		"dot":           {"package p\nimport . \"sync\"\n", "package p\nimport . " + shim + "\n"},
		"twice":         {"package p\nimport \"sync\"; import s \"sync\"\n", "package p\nimport sync " + shim + "; import s " + shim + "\n"},
		"CRLF":          {"package p\r\nimport \"sync\"\r\n", "package p\r\nimport sync " + shim + "\r\n"},
		"//line":        {"package p\n//line x.y:7\nimport \"sync\"\n", "package p\n//line x.y:7\nimport sync " + shim + "\n"},
		"no last line":  {"package p;import\"sync\"", "package p;import sync " + shim},
		"cgo":           {"package p\nimport \"sync\"\n// int f(void);\nimport \"C\"\n", "package p\nimport sync " + shim + "\n// int f(void);\nimport \"C\"\n"},
		"broken body":   {"package p\nimport \"sync\"\nfunc {", "package p\nimport sync " + shim + "\nfunc {"},
		"blank":         {"package p\nimport _ \"sync\"\n", ""},
		"sync/atomic":   {"package p\nimport \"sync/atomic\"\n", ""},
		"other's sync":  {"package p\nimport \"x/sync\"\n", ""},
		"in a comment":  {"package p\n// import \"sync\"\n", ""},
		"in a string":   {"package p\nvar s = `import \"sync\"`\n", ""},
		"empty package": {"package p\n", ""},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := overlay.SwapImport([]byte(c.src), "sync", overlay.Shim)
			require.NoError(t, err)
			require.Equal(t, c.want, string(got))
		})
	}
}

func TestSwapImportSaysWhatItCannotRead(t *testing.T) {
	_, err := overlay.SwapImport([]byte("package p\nimport sync"), "sync", overlay.Shim)
	require.ErrorContains(t, err, "2:")
	_, err = overlay.SwapImport([]byte("<<<<<<< sync\npackage p\n"), "sync", overlay.Shim)
	require.Error(t, err)
}

// The files of the standard library stand for all that people write.
func TestSwapImportOnRealFiles(t *testing.T) {
	out, err := exec.Command("go", "env", "GOROOT").Output()
	require.NoError(t, err)
	src := filepath.Join(strings.TrimSpace(string(out)), "src")
	swapped := 0
	for _, dir := range []string{"net", "go", "internal", "log"} {
		require.NoError(t, filepath.WalkDir(filepath.Join(src, dir), func(path string, entry fs.DirEntry, err error) error {
			if err != nil || filepath.Ext(path) != ".go" || entry.IsDir() {
				return err
			}
			content, err := os.ReadFile(path)
			if err == nil && checkSwap(t, content) {
				swapped++
			}
			return err
		}))
	}
	require.Greater(t, swapped, 100)
}

func FuzzSwapImport(f *testing.F) {
	f.Add("package p\nimport \"sync\"\nvar m sync.Mutex\n")
	f.Add("package p\nimport (s \"sync\"; . `sync`\n_ \"sync\")\n//line a:1\n")
	f.Add("//go:build x\n\npackage p;import\"sync\"")
	f.Fuzz(func(t *testing.T, src string) { checkSwap(t, []byte(src)) })
}

// checkSwap holds a swap against its contract: the file has as many lines and
// the same declarations, and what it imported as sync it imports from the shim.
func checkSwap(t *testing.T, src []byte) bool {
	got, err := overlay.SwapImport(src, "sync", overlay.Shim)
	if err != nil || got == nil {
		return false
	}
	require.Equal(t, bytes.Count(src, []byte("\n")), bytes.Count(got, []byte("\n")))
	before, after := parseImports(t, src), parseImports(t, got)
	require.Len(t, after, len(before))
	for i, spec := range before {
		path, _ := strconv.Unquote(spec.Path.Value)
		switch {
		case path != "sync" || spec.Name != nil && spec.Name.Name == "_":
			require.Equal(t, spec.Path.Value, after[i].Path.Value)
		case spec.Name == nil:
			require.Equal(t, "sync", after[i].Name.Name)
			require.Equal(t, shim, after[i].Path.Value)
		default:
			require.Equal(t, spec.Name.Name, after[i].Name.Name)
			require.Equal(t, shim, after[i].Path.Value)
		}
	}
	return true
}

func parseImports(t *testing.T, src []byte) []*ast.ImportSpec {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "", src, parser.ImportsOnly)
	require.NoError(t, err)
	return file.Imports
}
