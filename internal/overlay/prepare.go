package overlay

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"go/version"
	"os"
	"path/filepath"
	"regexp"
	"slices"
)

// minGo is the Go release that the library is written for.
const minGo = "go1.26"

// Request says what to prepare.
type Request struct {
	Go       Go
	Packages []string // patterns as go list takes them
	// Flags are the build flags that decide which files belong to a package,
	// such as -tags.
	Flags []string
	// Modfile and Overlay are the user's own -modfile and -overlay, if any.
	Modfile, Overlay string
	// Plain are patterns of packages that keep sync's locks.
	Plain []string
	// Library is the directory of interlock's source.
	Library string
	// Dir is a directory of the run, into which the copies of go.mod and the
	// overlay are put.
	Dir string
}

// Build is a prepared build.
type Build struct {
	Flags []string // for go test, go build and go list, before the user's
	Env   []string

	Overlay  string // path of the file that -overlay names
	Packages int    // in which a file was replaced
	Files    int    // replaced
	// Unread says of files that could not be parsed why; they stay as they are.
	Unread []error

	users  map[string]string // the user's path by the base name of what replaces it
	stored *regexp.Regexp    // a path into the store
	dir    string            // where the go command runs
}

// Prepare lists the packages, stores their changed files and says with which
// flags the go command builds them. Only packages of the main module, or of the
// workspace's, change.
func Prepare(ctx context.Context, store Store, req Request) (*Build, error) {
	set, err := req.Go.settings(ctx)
	if err != nil {
		return nil, err
	}
	if version.IsValid(set.GOVERSION) && version.Compare(set.GOVERSION, minGo) < 0 { // a development version is not valid and new enough
		return nil, fmt.Errorf("interlock needs %s or later, and the go command is %s (GOTOOLCHAIN=%s.0 selects another)", minGo, set.GOVERSION, minGo)
	}
	req.Modfile = cmp.Or(req.Modfile, set.flag("modfile"))
	req.Overlay = cmp.Or(req.Overlay, set.flag("overlay"))
	b, err := newBuild(store, req.Go.Dir)
	if err != nil {
		return nil, err
	}
	own, err := b.requireLibrary(ctx, store, req, set)
	if err != nil {
		return nil, err
	}
	plain, err := req.plain(ctx, b, own)
	if err != nil {
		return nil, err
	}
	packages, err := req.list(ctx, b, req.Packages)
	if err != nil {
		return nil, err
	}
	files, err := readOverlay(req.Overlay, req.Go.Dir)
	if err != nil {
		return nil, err
	}
	for _, pkg := range packages {
		if !pkg.swappable(own) || plain[pkg.ImportPath] {
			continue
		}
		if err := b.swap(store, pkg, files); err != nil {
			return nil, err
		}
	}
	return b, b.writeOverlay(files, req.Dir)
}

// requireLibrary makes the library known to the build. It reports whether the
// module to audit is our own, which has it already.
func (b *Build) requireLibrary(ctx context.Context, store Store, req Request, set settings) (own bool, err error) {
	lib, err := store.Library(req.Library)
	if err != nil {
		return false, fmt.Errorf("source of interlock: %w", err)
	}
	switch {
	case set.GOWORK != "":
		var work string
		if work, err = req.Go.useLibrary(ctx, set.GOWORK, lib, req.Dir); err == nil {
			b.Env = append(b.Env, "GOWORK="+work)
		}
	case set.GOMOD == "" || set.GOMOD == os.DevNull:
		return false, errors.New("no go.mod here or above: lockorder works on modules")
	default:
		goMod := set.GOMOD
		if req.Modfile != "" {
			if goMod, err = filepath.Abs(filepath.Join(req.Go.Dir, req.Modfile)); err != nil {
				return false, err
			}
		}
		if goMod, err = req.Go.requireLibrary(ctx, goMod, lib, req.Dir); err == nil {
			b.Flags = append(b.Flags, "-modfile="+goMod, "-mod=mod")
		}
	}
	if errors.Is(err, errOwnModule) {
		return true, nil
	}
	return false, err
}

func (b *Build) swap(store Store, pkg listed, files map[string]string) error {
	swapped := false
	for _, name := range slices.Concat(pkg.GoFiles, pkg.CgoFiles, pkg.TestGoFiles, pkg.XTestGoFiles) {
		path := filepath.Join(pkg.Dir, name)
		src, err := os.ReadFile(cmp.Or(files[path], path))
		if err != nil {
			return err
		}
		changed, err := SwapImport(src, "sync", Shim)
		if err != nil {
			b.Unread = append(b.Unread, fmt.Errorf("%s:%w", b.short(path), err)) // the error begins with line and column
			continue
		}
		if changed == nil {
			continue
		}
		if files[path], err = store.Put(path, changed); err != nil {
			return err
		}
		b.users[filepath.Base(files[path])] = path
		swapped = true
		b.Files++
	}
	if swapped {
		b.Packages++
	}
	return nil
}
