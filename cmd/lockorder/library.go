package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"

	"github.com/interlock-go/interlock/internal/overlay"
)

// librarySource finds the source of interlock that this program was built from:
// a checkout or a directory of the module cache, which the compiler has left in
// the binary, or else what the go command downloads for the same version.
func librarySource(ctx context.Context) (string, error) {
	if root, ok := builtFrom(); ok {
		return root, nil
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "", errors.New("the binary does not say what it was built from")
	}
	version := moduleVersion(info)
	if version == "" || version == "(devel)" {
		return "", errors.New("the binary was built with -trimpath from a checkout; build it without, or install a version")
	}
	return download(ctx, version)
}

// builtFrom is the root of the module as the compiler saw this file.
func builtFrom() (string, bool) {
	_, file, _, ok := runtime.Caller(0)
	if !ok || !filepath.IsAbs(file) { // -trimpath
		return "", false
	}
	root := filepath.Dir(filepath.Dir(filepath.Dir(file)))
	_, err := os.Stat(filepath.Join(root, "mutex", "lockshim"))
	return root, err == nil
}

// moduleVersion looks among the requirements, too: with a tool line in go.mod
// the main module is the one that has the line.
func moduleVersion(info *debug.BuildInfo) string {
	if info.Main.Path == overlay.Module {
		return info.Main.Version
	}
	for _, dep := range info.Deps {
		if dep.Path == overlay.Module {
			return dep.Version
		}
	}
	return ""
}

func download(ctx context.Context, version string) (string, error) {
	outside := overlay.Go{Dir: os.TempDir(), Env: []string{"GOWORK=off", "GOFLAGS=-mod=mod"}} // no go.mod of the user's
	out, err := outside.Command(ctx, "mod", "download", "-json", overlay.Module+"@"+version).Output()
	var module struct{ Dir, Error string }
	if jsonErr := json.Unmarshal(out, &module); jsonErr != nil {
		return "", errors.Join(err, jsonErr)
	}
	if module.Error != "" {
		return "", errors.New(module.Error)
	}
	if module.Dir == "" {
		return "", fmt.Errorf("go mod download gave no directory for %s", version)
	}
	return module.Dir, err
}
