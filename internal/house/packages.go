package house

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
)

// Package is what the checks need to know of one package in one build.
type Package struct {
	ImportPath string
	Standard   bool
	Imports    []string // direct, without those of tests
	CgoFiles   []string
}

// List returns the packages that match and everything that they depend on, as
// this build sees them. Tests and their dependencies are not part of it.
func (b Build) List(dir string, patterns ...string) ([]Package, error) {
	args := []string{"list", "-deps", "-json=ImportPath,Standard,Imports,CgoFiles", "-tags=" + strings.Join(b.Tags, ",")}
	cmd := exec.Command("go", append(args, patterns...)...)
	cmd.Dir = dir
	// With cgo on even for foreign platforms: listing needs no C compiler, and
	// a dependency that uses cgo where it can must be seen.
	cmd.Env = append(os.Environ(), "GOOS="+b.GOOS, "GOARCH="+b.GOARCH, "CGO_ENABLED=1", "GOFLAGS=-mod=readonly")
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("%s: %w: %s", cmd, err, stderr.String())
	}
	return decode(strings.NewReader(string(out)))
}

func decode(r io.Reader) ([]Package, error) {
	var all []Package
	for dec := json.NewDecoder(r); ; {
		var p Package
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return all, nil
		} else if err != nil {
			return nil, err
		}
		all = append(all, p)
	}
}
