package overlay

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

type (
	// moduleVersion is how go mod edit -json names a module or a directory.
	moduleVersion struct{ Path, Version string }

	replacement struct{ Old, New moduleVersion }

	// modFile is what is needed of go mod edit -json and go work edit -json.
	modFile struct {
		Module  moduleVersion
		Replace []replacement
		Use     []struct{ DiskPath string }
	}
)

// requireLibrary copies goMod and its go.sum into dir and makes the copy require
// the library at lib. It returns the copy, for -modfile.
func (g Go) requireLibrary(ctx context.Context, goMod, lib, dir string) (string, error) {
	file, err := g.readMod(ctx, "mod", goMod)
	if err != nil {
		return "", err
	}
	if file.Module.Path == Module {
		return goMod, errOwnModule
	}
	copied := filepath.Join(dir, "go.mod")
	if err := copyFile(goMod, copied); err != nil {
		return "", err
	}
	if err := copyFile(sumOf(goMod), sumOf(copied)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	args := append([]string{"mod", "edit"}, absoluteReplaces(file.Replace, filepath.Dir(goMod))...)
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
