package overlay_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/interlock-go/interlock/internal/overlay"
)

func openStore(t *testing.T) (store overlay.Store, dir string) {
	t.Helper()
	cache := t.TempDir()
	for _, name := range []string{"XDG_CACHE_HOME", "HOME", "LocalAppData"} { // what os.UserCacheDir asks for
		t.Setenv(name, cache)
	}
	store, err := overlay.OpenStore()
	require.NoError(t, err)
	user, err := os.UserCacheDir()
	require.NoError(t, err)
	return store, filepath.Join(user, "interlock")
}

func TestTheSameContentHasTheSamePlace(t *testing.T) {
	store, _ := openStore(t)
	one, err := store.Put("/a/f.go", []byte("package a"))
	require.NoError(t, err)
	again, err := store.Put("/a/f.go", []byte("package a"))
	require.NoError(t, err)
	require.Equal(t, one, again)

	other, err := store.Put("/b/f.go", []byte("package a"))
	require.NoError(t, err)
	require.NotEqual(t, one, other, "or an error in it could be in two files")
	changed, err := store.Put("/a/f.go", []byte("package b"))
	require.NoError(t, err)
	require.NotEqual(t, one, changed)

	content, err := os.ReadFile(one)
	require.NoError(t, err)
	require.Equal(t, "package a", string(content))
}

func TestADamagedFileIsMadeAgain(t *testing.T) {
	store, _ := openStore(t)
	path, err := store.Put("/a/f.go", []byte("package a"))
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(path, nil, 0o666))
	_, err = store.Put("/a/f.go", []byte("package a"))
	require.NoError(t, err)
	content, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, "package a", string(content))
}

func TestTrimKeepsWhatIsUsed(t *testing.T) {
	store, dir := openStore(t)
	old := time.Now().Add(-31 * 24 * time.Hour)
	put := func(content string) string {
		path, err := store.Put("/f.go", []byte(content))
		require.NoError(t, err)
		return path
	}
	unused, used, fresh := put("package unused"), put("package used"), put("package fresh")
	require.NoError(t, os.Chtimes(unused, old, old))
	require.NoError(t, os.Chtimes(used, old, old))
	put("package used")

	store.Trim()
	require.NoFileExists(t, unused)
	require.FileExists(t, used)
	require.FileExists(t, fresh)

	require.NoError(t, os.Chtimes(fresh, old, old))
	store.Trim()
	require.FileExists(t, fresh, "it looks once a day")
	require.NoError(t, os.Chtimes(filepath.Join(dir, "trim.stamp"), old, old))
	store.Trim()
	require.NoFileExists(t, fresh)
}

func TestTheLibraryIsACopyThatDecidesNothing(t *testing.T) {
	store, _ := openStore(t)
	root := t.TempDir()
	for name, content := range map[string]string{
		"go.mod":                   "module x\n\ngo 1.26\n\nrequire example.com/testify v1.0.0\n",
		"mutex/mutex.go":           "// Package mutex.\npackage mutex\n",
		"mutex/off.go":             "//go:build interlock_off || race\n\npackage mutex\n",
		"mutex/mutex_test.go":      "package mutex\n",
		"mutex/testdata/x.go":      "package x\n",
		"internal/g/g_amd64.s":     "TEXT\n",
		"internal/g/g.go":          "package g\n\n//go:build is no constraint here\n",
		"cmd/lockorder/main.go":    "package main\n",
		"bench/go.mod":             "module bench\n",
		"bench/bench.go":           "package bench\n",
		".hidden/h.go":             "package h\n",
		"mutex/README.md":          "text\n",
		"live/assets/page.html":    "<html>\n",
		"examples/service/main.go": "package main\n",
	} {
		path := filepath.Join(root, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o777))
		require.NoError(t, os.WriteFile(path, []byte(content), 0o666))
	}
	dir, err := store.Library(root)
	require.NoError(t, err)
	require.Equal(t, map[string]string{
		"go.mod":                "module github.com/interlock-go/interlock\n\ngo 1.17\n",
		"mutex/mutex.go":        "//go:build go1.26\n\n// Package mutex.\npackage mutex\n",
		"mutex/off.go":          "//go:build (interlock_off || race) && go1.26\n\npackage mutex\n",
		"internal/g/g_amd64.s":  "TEXT\n",
		"live/assets/page.html": "<html>\n",
		"internal/g/g.go":       "//go:build go1.26\n\npackage g\n\n//go:build is no constraint here\n",
	}, contents(t, dir))

	again, err := store.Library(root)
	require.NoError(t, err)
	require.Equal(t, dir, again)
	require.NoError(t, os.WriteFile(filepath.Join(root, "mutex/mutex.go"), []byte("package mutex\n"), 0o666))
	changed, err := store.Library(root)
	require.NoError(t, err)
	require.NotEqual(t, dir, changed)
}

// The real library must build as the copy that audits use.
func TestTheCopyOfThisLibraryBuilds(t *testing.T) {
	cache := goEnv(t, "GOCACHE") // before the store moves home
	store, _ := openStore(t)
	root, err := filepath.Abs("../..")
	require.NoError(t, err)
	dir, err := store.Library(root)
	require.NoError(t, err)
	cmd := exec.Command("go", "vet", overlay.Shim, overlay.Module+"/lockorder/lockhttp") // which embeds files
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOPROXY=off", "GOFLAGS=", "GOCACHE="+cache)
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, string(out))
}

func goEnv(t *testing.T, name string) string {
	t.Helper()
	out, err := exec.Command("go", "env", name).Output()
	require.NoError(t, err)
	return strings.TrimSpace(string(out))
}

func contents(t *testing.T, root string) map[string]string {
	t.Helper()
	files := map[string]string{}
	require.NoError(t, filepath.WalkDir(root, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		name, _ := filepath.Rel(root, path)
		files[filepath.ToSlash(name)] = string(content)
		return err
	}))
	return files
}
