package main

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
)

// fetch makes a writable copy of a module, as the go command downloads it, at to.
func fetch(ctx context.Context, s subject, to string) error {
	cmd := exec.CommandContext(ctx, "go", "mod", "download", "-json", s.module+"@"+s.version)
	cmd.Dir = os.TempDir() // of no module
	cmd.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=")
	out, err := cmd.Output()
	var got struct{ Dir, Error string }
	if jsonErr := json.Unmarshal(out, &got); jsonErr != nil {
		return fmt.Errorf("go mod download: %w", errors.Join(err, jsonErr))
	}
	if got.Error != "" {
		return errors.New(got.Error)
	}
	if err != nil {
		return err
	}
	if err := os.CopyFS(to, os.DirFS(got.Dir)); err != nil {
		return err
	}
	return filepath.WalkDir(to, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		return os.Chmod(path, info.Mode().Perm()|0o200) // the module cache is read-only, and tests write
	})
}

// files maps each file below root to its hash.
func files(root string) (map[string][sha256.Size]byte, error) {
	sums := map[string][sha256.Size]byte{}
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		name, err := filepath.Rel(root, path)
		sums[name] = sha256.Sum256(content)
		return err
	})
	return sums, err
}

// changed are the files of before that are not the same after. Those that the
// module did not have are the tests' own doing.
func changed(before, after map[string][sha256.Size]byte) []string {
	var names []string
	for _, name := range slices.Sorted(maps.Keys(before)) {
		if sum, ok := after[name]; !ok || sum != before[name] {
			names = append(names, name)
		}
	}
	return names
}
