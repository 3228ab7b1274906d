package main

import (
	"archive/zip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
	"github.com/stretchr/testify/require"
)

// moduleProxy makes a folder of the modules in testdata/mod, for GOPROXY. The files
// are named path_version.txtar, with the path's slashes as underscores.
func moduleProxy(t *testing.T) string {
	root := t.TempDir()
	archives, err := filepath.Glob(filepath.Join("testdata", "mod", "*.txtar"))
	require.NoError(t, err)
	for _, name := range archives {
		archive, err := txtar.ParseFile(name)
		require.NoError(t, err)
		stem := strings.TrimSuffix(filepath.Base(name), ".txtar")
		at := strings.LastIndexByte(stem, '_')
		path, version := strings.ReplaceAll(stem[:at], "_", "/"), stem[at+1:]
		writeModule(t, filepath.Join(root, filepath.FromSlash(path), "@v", version), version, archive)
	}
	return "file://" + filepath.ToSlash(root)
}

// writeModule writes what the go command asks a proxy for; stem is the files' name
// without its ending. The archive has the module's go.mod as ".mod".
func writeModule(t *testing.T, stem, version string, archive *txtar.Archive) {
	require.NoError(t, os.MkdirAll(filepath.Dir(stem), 0o777))
	file, err := os.Create(stem + ".zip")
	require.NoError(t, err)
	defer file.Close()
	zipped := zip.NewWriter(file)
	for _, f := range archive.Files {
		if f.Name == ".mod" || f.Name == ".info" {
			require.NoError(t, os.WriteFile(stem+f.Name, f.Data, 0o666))
			continue
		}
		path, _, _ := strings.Cut(strings.TrimPrefix(string(archive.Comment), "module "), "\n")
		w, err := zipped.Create(path + "@" + version + "/" + f.Name)
		require.NoError(t, err)
		_, err = w.Write(f.Data)
		require.NoError(t, err)
	}
	require.NoError(t, zipped.Close())
}
