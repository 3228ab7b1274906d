package overlay

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// Library copies the packages of interlock in root, a checkout or the module
// cache, to the store and returns the copy: a module that requires nothing and
// has an old go line. The build gets this copy and not root itself, because
// what root's go.mod says would decide over the user's build: its requirements,
// which only our tests need, would raise the versions of the user's own, and its
// go line would change what the user's loops mean. The files keep the language
// they are written in through a build constraint.
func (s Store) Library(root string) (string, error) {
	files, err := libraryFiles(root)
	if err != nil {
		return "", err
	}
	dir := filepath.Join(s.dir, "lib", hashOf(files))
	if _, err := os.Stat(dir); err == nil {
		return dir, nil
	}
	if err := os.MkdirAll(filepath.Dir(dir), 0o777); err != nil {
		return "", err
	}
	making, err := os.MkdirTemp(filepath.Dir(dir), ".new-*")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(making)
	for _, f := range files {
		path := filepath.Join(making, f.name)
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			return "", err
		}
		if err := os.WriteFile(path, f.content, 0o666); err != nil {
			return "", err
		}
	}
	if err := os.Rename(making, dir); err != nil {
		if _, there := os.Stat(dir); there != nil {
			return "", err
		}
	} // else another run was faster
	return dir, nil
}

type libraryFile struct {
	name    string // relative to the root
	content []byte
}

// libraryFiles reads what an importer can compile, with the files that packages embed: no tests, no
// commands, no nested modules.
func libraryFiles(root string) ([]libraryFile, error) {
	files := []libraryFile{{"go.mod", []byte("module " + Module + "\n\ngo 1.17\n")}}
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		if entry.IsDir() {
			return skipDir(path, name)
		}
		if !entry.Type().IsRegular() || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		ext, embedded := filepath.Ext(name), filepath.Base(filepath.Dir(name)) == "assets"
		if !embedded && ext != ".go" && ext != ".s" && ext != ".h" {
			return nil
		}
		content, err := os.ReadFile(path)
		if ext == ".go" {
			content = requireGo(content, "go1.26")
		}
		files = append(files, libraryFile{name, content})
		return err
	})
	return files, err
}

func skipDir(path, name string) error {
	base := filepath.Base(name)
	switch {
	case name == ".":
		return nil
	case name == "cmd", name == "examples", base == "testdata", base[0] == '.', base[0] == '_':
		return filepath.SkipDir
	}
	if _, err := os.Stat(filepath.Join(path, "go.mod")); err == nil {
		return filepath.SkipDir
	}
	return nil
}

func hashOf(files []libraryFile) string {
	slices.SortFunc(files, func(a, b libraryFile) int { return strings.Compare(a.name, b.name) })
	sum := sha256.New()
	for _, f := range files {
		fmt.Fprintf(sum, "%s %d\n", filepath.ToSlash(f.name), len(f.content))
		sum.Write(f.content)
	}
	return hex.EncodeToString(sum.Sum(nil))[:32]
}

var (
	constraintLine = regexp.MustCompile(`(?m)^//go:build (.*)$`)
	packageClause  = regexp.MustCompile(`(?m)^package\s`)
)

// requireGo adds a Go version to a file's build constraint. That sets the
// file's language, too, above the one in go.mod.
func requireGo(src []byte, version string) []byte {
	clause := packageClause.FindIndex(src)
	if at := constraintLine.FindSubmatchIndex(src); at != nil && clause != nil && at[0] < clause[0] {
		old := src[at[2]:at[3]]
		return slices.Concat(src[:at[2]], []byte("("), bytes.TrimSpace(old), []byte(") && "+version), src[at[3]:])
	}
	return append([]byte("//go:build "+version+"\n\n"), src...)
}
