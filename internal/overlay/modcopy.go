package overlay

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// copyModule returns a directory with the files of a module of the module cache.
// The go command refuses an overlay for files there, so a module whose locks
// change is replaced by its copy. The copy is of links where the file system has
// them: it takes no room, and nobody writes to it.
func (s Store) copyModule(m *listedModule) (string, error) {
	// Not path@version as in the module cache: a go.work would take it for a module.
	to := filepath.Join(s.dir, "mod", filepath.FromSlash(escape(m.Path)), m.Version)
	if _, err := os.Stat(to); err == nil {
		return to, nil
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o777); err != nil {
		return "", err
	}
	making, err := os.MkdirTemp(filepath.Dir(to), ".new-*")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(making)
	if err := linkTree(m.Dir, making); err != nil {
		return "", err
	}
	goMod := filepath.Join(making, "go.mod")
	if _, err := os.Stat(goMod); errors.Is(err, fs.ErrNotExist) { // older than modules
		if err := os.WriteFile(goMod, []byte("module "+m.Path+"\n"), 0o666); err != nil {
			return "", err
		}
	}
	if err := os.Rename(making, to); err != nil {
		if _, there := os.Stat(to); there != nil {
			return "", err
		}
	} // else another run was faster
	return to, nil
}

// escape is how the module cache writes capital letters for file systems that do
// not tell them from small ones.
func escape(path string) string {
	var b strings.Builder
	for _, r := range path {
		if 'A' <= r && r <= 'Z' {
			b.WriteByte('!')
			r += 'a' - 'A'
		}
		b.WriteRune(r)
	}
	return b.String()
}

func linkTree(from, to string) error {
	return filepath.WalkDir(from, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		target := filepath.Join(to, name)
		switch {
		case entry.IsDir():
			return os.MkdirAll(target, 0o777)
		case !entry.Type().IsRegular():
			return nil
		}
		if os.Link(path, target) == nil {
			return nil
		}
		return copyFile(path, target)
	})
}

// copied is a module that is replaced by its copy.
type copied struct {
	module listedModule
	to     string
}

// copyModules copies the modules of the module cache in which a package changes.
func (b *Build) copyModules(store Store, packages []listed, changed map[string]bool, cache string) error {
	for _, pkg := range packages {
		if pkg.Module == nil || !changed[pkg.base()] || pkg.testMain() || !within(cache, pkg.Dir) || b.moved(pkg.Dir) != pkg.Dir {
			continue
		}
		to, err := store.copyModule(pkg.Module)
		if err != nil {
			return err
		}
		b.copies = append(b.copies, copied{*pkg.Module, to})
	}
	return nil
}

func within(dir, path string) bool {
	return dir != "" && strings.HasPrefix(path, filepath.Clean(dir)+string(filepath.Separator))
}

// moved is where a file of a copied module is, or path if it is of none.
func (b *Build) moved(path string) string {
	for _, c := range b.copies {
		if path == c.module.Dir || within(c.module.Dir, path) {
			return c.to + path[len(c.module.Dir):]
		}
	}
	return path
}

// replaceCopied are the edits of go.mod, or of go.work, for them.
func (b *Build) replaceCopied() []string {
	var edits []string
	for _, c := range b.copies {
		edits = append(edits, "-replace="+c.module.Path+"@"+c.module.Version+"="+c.to)
	}
	return edits
}
