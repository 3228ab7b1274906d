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
	"strings"

	"github.com/interlock-go/interlock/internal/classfile"
	"github.com/interlock-go/interlock/internal/lockclass"
)

// minGo is the Go release that the library is written for.
const minGo = "go1.26"

// Request says what to prepare.
type Request struct {
	Go       Go
	Packages []string // patterns as go list takes them
	Tests    bool     // the packages' tests are built, too
	// Flags are the build flags that decide which files belong to a package,
	// such as -tags, and how it is compiled.
	Flags []string
	// Modfile, Overlay and Mod are the user's own -modfile, -overlay and -mod, if any.
	Modfile, Overlay, Mod string
	// Trimmed says that -trimpath is given.
	Trimmed bool
	// Plain are patterns of packages that keep sync's locks.
	Plain []string
	// Deps are patterns of packages of other modules whose locks change as well.
	Deps []string
	// Library is the directory of interlock's source.
	Library string
	// Dir is a directory of the run, into which the copies of go.mod and the
	// overlay are put.
	Dir string
	// Say tells a person what takes long.
	Say func(format string, args ...any)
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
	// Moves are the packages that change, or stay, because of the others.
	Moves []lockclass.Move
	// Classes is the file with the table of lock classes, for the programs that are built.
	Classes string
	// Sites are the places at which locks with a class are acquired, by file and line as
	// the programs name them.
	Sites map[classfile.Place]lockclass.Site

	users  map[string]string // the user's path by the base name of what replaces it
	stored *regexp.Regexp    // a path into the store
	dir    string            // where the go command runs
	module modules
	copies []copied
}

// Prepare lists the packages, stores their changed files and says with which
// flags the go command builds them. The packages of the main module, or of the
// workspace's, change, those of other modules that are asked for, and those to
// which a lock crosses from one of them.
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
	req.Mod = cmp.Or(req.Mod, set.flag("mod"))
	req.Trimmed = req.Trimmed || slices.Contains(strings.Fields(set.GOFLAGS), "-trimpath")
	b, err := newBuild(store, req.Go.Dir)
	if err != nil {
		return nil, err
	}
	files, err := readOverlay(req.Overlay, req.Go.Dir)
	if err != nil {
		return nil, err
	}
	own, err := b.requireLibrary(ctx, store, req, set, files)
	if err != nil {
		return nil, err
	}
	if req.Overlay, err = writeOverlay(files, req.Dir, "given.json"); err != nil {
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
	wanted, err := req.wanted(packages, plain, own)
	if err != nil {
		return nil, err
	}
	req.Say("type-checking what uses locks, and compiling what it imports")
	result, err := req.check(ctx, b, packages, wanted, plain, own, files)
	if err != nil {
		return nil, err
	}
	b.Moves = result.Moves
	if err := b.change(ctx, store, req, set, packages, result.Changed, files); err != nil {
		return nil, err
	}
	b.Overlay, err = writeOverlay(files, req.Dir, "overlay.json")
	b.Flags = append(b.Flags, "-overlay="+b.Overlay)
	return b, errors.Join(err, b.writeClasses(req, packages, result.Sites))
}

// change replaces the files of the packages that change.
func (b *Build) change(ctx context.Context, store Store, req Request, set settings, packages []listed, changed map[string]bool, files map[string]string) error {
	if err := b.copyModules(store, packages, changed, set.GOMODCACHE); err != nil {
		return err
	}
	if edits := b.replaceCopied(); len(edits) > 0 {
		if err := b.module.edit(ctx, req.Go, edits); err != nil {
			return err
		}
	}
	for _, pkg := range packages {
		if !changed[pkg.base()] || pkg.ForTest != "" || pkg.testMain() {
			continue
		}
		if err := b.swap(store, pkg, files); err != nil {
			return err
		}
	}
	return nil
}

func (b *Build) swap(store Store, pkg listed, files map[string]string) error {
	names := slices.Concat(pkg.GoFiles, pkg.CgoFiles)
	if !pkg.DepOnly {
		names = slices.Concat(names, pkg.TestGoFiles, pkg.XTestGoFiles)
	}
	swapped := false
	for _, name := range names {
		user := filepath.Join(pkg.Dir, name)
		src, err := os.ReadFile(cmp.Or(files[user], user))
		if err != nil {
			return err
		}
		changed, err := SwapImport(src, "sync", Shim)
		if err != nil {
			b.Unread = append(b.Unread, fmt.Errorf("%s:%w", b.Short(user), err)) // the error begins with line and column
			continue
		}
		if changed == nil {
			continue
		}
		path := b.moved(user)
		if files[path], err = store.Put(path, changed); err != nil {
			return err
		}
		b.users[filepath.Base(files[path])] = user
		swapped = true
		b.Files++
	}
	if swapped {
		b.Packages++
	}
	return nil
}

// writeClasses writes the table of lock classes.
func (b *Build) writeClasses(req Request, packages []listed, sites []lockclass.Site) error {
	names := b.places(packages, req.Trimmed)
	named := func(s lockclass.Site) string {
		if s.Shown != s.File { // by a //line directive, which the compiler leaves relative if it is
			return strings.TrimPrefix(s.Shown, filepath.Dir(s.File)+string(filepath.Separator))
		}
		return cmp.Or(names[s.File], s.File)
	}
	b.Sites = map[classfile.Place]lockclass.Site{}
	for _, s := range sites {
		b.Sites[classfile.Place{File: named(s), Line: s.Line}] = s
	}
	b.Classes = filepath.Join(req.Dir, "classes")
	file, err := os.Create(b.Classes)
	if err != nil {
		return err
	}
	return errors.Join(classfile.Write(file, lockclass.Classes(sites, named)), file.Close())
}
