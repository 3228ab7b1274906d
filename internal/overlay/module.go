package overlay

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

type (
	// moduleVersion is how go mod edit -json names a module or a directory.
	moduleVersion struct{ Path, Version string }

	replacement struct{ Old, New moduleVersion }

	// modFile is what is needed of go mod edit -json and go work edit -json.
	modFile struct {
		Module  moduleVersion
		Go      string
		Replace []replacement
		Use     []struct{ DiskPath string }
	}
)

// modules is the copied go.mod, or go.work, of the build.
type modules struct{ kind, path string }

func (m modules) edit(ctx context.Context, g Go, edits []string) error {
	if m.path == "" {
		return errors.New("our own go.mod is not changed")
	}
	_, err := g.edit(ctx, slices.Concat([]string{m.kind, "edit"}, edits, []string{m.path})...)
	return err
}

// requireLibrary makes the library known to the build. It reports whether the
// module to audit is our own, which has it already.
func (b *Build) requireLibrary(ctx context.Context, store Store, req Request, set settings, files map[string]string) (own bool, err error) {
	lib, err := store.Library(req.Library)
	if err != nil {
		return false, fmt.Errorf("source of interlock: %w", err)
	}
	switch {
	case set.GOWORK != "":
		var work string
		if work, err = req.Go.useLibrary(ctx, set.GOWORK, lib, req.Dir); err == nil {
			b.Env = append(b.Env, "GOWORK="+work)
			b.module = modules{"work", work}
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
		if goMod, err = req.Go.requireLibrary(ctx, goMod, set.GOMOD, lib, req, files); err == nil {
			b.Flags = append(b.Flags, "-modfile="+goMod, "-mod=mod")
			b.module = modules{"mod", goMod}
		}
	}
	if errors.Is(err, errOwnModule) {
		return true, nil
	}
	return false, err
}

// requireLibrary copies goMod and its go.sum and makes the copy require the
// library at lib. root is the go.mod of the module's directory, from which relative
// directories start even if goMod lies elsewhere. It returns the copy, for
// -modfile.
func (g Go) requireLibrary(ctx context.Context, goMod, root, lib string, req Request, files map[string]string) (string, error) {
	file, err := g.readMod(ctx, "mod", goMod)
	if err != nil {
		return "", err
	}
	if file.Module.Path == Module {
		return goMod, errOwnModule
	}
	copied := filepath.Join(req.Dir, "go.mod")
	if err := copyFile(goMod, copied); err != nil {
		return "", err
	}
	if err := copyFile(sumOf(goMod), sumOf(copied)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	args := append([]string{"mod", "edit"}, absoluteReplaces(file.Replace, filepath.Dir(root))...)
	if isVendored(filepath.Dir(root), req.Mod, file.Go) {
		edits, err := useVendor(root, req.Dir, files)
		if err != nil {
			return "", err
		}
		args = append(args, edits...)
	}
	args = append(args, "-require="+Module+"@v0.0.0", "-replace="+Module+"="+lib, copied)
	_, err = g.edit(ctx, args...)
	return copied, err
}

// errOwnModule: our packages cannot require themselves, and need not.
var errOwnModule = errors.New("the module is interlock")

// useLibrary does the same in a workspace, which accepts no -modfile: the copy
// of go.work uses the library as one more module. It returns the copy, for
// GOWORK.
func (g Go) useLibrary(ctx context.Context, goWork, lib, dir string) (string, error) {
	file, err := g.readMod(ctx, "work", goWork)
	if err != nil {
		return "", err
	}
	copied := filepath.Join(dir, "go.work")
	if err := copyFile(goWork, copied); err != nil {
		return "", err
	}
	if err := copyFile(goWork+".sum", copied+".sum"); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	base := filepath.Dir(goWork)
	args := append([]string{"work", "edit"}, absoluteReplaces(file.Replace, base)...)
	for _, use := range file.Use {
		if !filepath.IsAbs(use.DiskPath) {
			args = append(args, "-dropuse="+use.DiskPath, "-use="+filepath.Join(base, use.DiskPath))
		}
		if g.isOwn(ctx, base, use.DiskPath) {
			return goWork, errOwnModule
		}
	}
	_, err = g.edit(ctx, append(args, "-use="+lib, copied)...)
	return copied, err
}

func (g Go) isOwn(ctx context.Context, base, used string) bool {
	if !filepath.IsAbs(used) {
		used = filepath.Join(base, used)
	}
	file, err := g.readMod(ctx, "mod", filepath.Join(used, "go.mod"))
	return err == nil && file.Module.Path == Module // the build names a broken one
}

// readMod reads a go.mod (kind "mod") or a go.work (kind "work").
func (g Go) readMod(ctx context.Context, kind, path string) (modFile, error) {
	var file modFile
	out, err := g.edit(ctx, kind, "edit", "-json", path)
	if err != nil {
		return file, err
	}
	if err := json.Unmarshal(out, &file); err != nil {
		return file, fmt.Errorf("go %s edit: %w", kind, err)
	}
	return file, nil
}

// absoluteReplaces are the edits after which a copy elsewhere means the same:
// a relative directory starts from the file. What replaces our own module goes,
// for two replacements would conflict.
func absoluteReplaces(replaces []replacement, base string) []string {
	var args []string
	for _, r := range replaces {
		old := r.Old.Path
		if r.Old.Version != "" {
			old += "@" + r.Old.Version
		}
		switch {
		case r.Old.Path == Module:
			args = append(args, "-dropreplace="+old)
		case r.New.Version == "" && !filepath.IsAbs(r.New.Path):
			args = append(args, "-replace="+old+"="+filepath.Join(base, r.New.Path))
		}
	}
	return args
}

// sumOf is the go.sum that the go command takes for a go.mod.
func sumOf(goMod string) string { return strings.TrimSuffix(goMod, ".mod") + ".sum" }

func copyFile(from, to string) error {
	content, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return os.WriteFile(to, content, 0o666)
}
