package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// touchRounds is how often a file is changed for one median.
const touchRounds = 5

// touches measures building after a change of one file, as it happens between two
// runs of somebody who works on the module. The ways take turns.
func (j job) touches(ctx context.Context, a *audit) error {
	file, err := j.someFile(ctx)
	if err != nil {
		return err
	}
	was, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	var took [wayCount][]time.Duration
	for i := range touchRounds {
		// A comment alone would leave the compiled package as it was, and its tests unlinked.
		text := fmt.Appendf(bytes.Clone(was), "\nfunc touched() string { return \"%d\" }\n\nvar _ = touched\n", i)
		if err := os.WriteFile(file, text, 0o666); err != nil {
			return err
		}
		for k := range wayCount {
			way := (i + k) % wayCount
			o, err := j.build(ctx, way)
			if err != nil {
				return err
			}
			took[way] = append(took[way], o.elapsed)
		}
	}
	for way := range wayCount {
		a.touched[way] = median(took[way])
	}
	say("  built with one file changed in %s s (plain / lockorder / -race)", seconds(a.touched))
	return os.WriteFile(file, was, 0o666)
}

// someFile is a file of the first package that is tested.
func (j job) someFile(ctx context.Context) (string, error) {
	list := exec.CommandContext(ctx, "go", append([]string{"list", "-f", `{{if .TestGoFiles}}{{.Dir}}{{"\t"}}{{index .GoFiles 0}}{{end}}`},
		j.subject.packages...)...)
	list.Dir = j.dir
	list.Env = append(os.Environ(), "GOWORK=off")
	out, err := list.Output()
	if err != nil {
		return "", fmt.Errorf("go list: %w", err)
	}
	dir, name, ok := strings.Cut(strings.SplitN(string(out), "\n", 2)[0], "\t")
	if !ok {
		return "", fmt.Errorf("%s: no package has tests of its own", j.subject)
	}
	return filepath.Join(dir, name), nil
}
