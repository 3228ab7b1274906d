package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/interlock-go/interlock/cmd/lockorder/internal/finding"
	"github.com/interlock-go/interlock/cmd/lockorder/internal/verdict"
	"github.com/interlock-go/interlock/internal/baseline"
)

// rewrite puts the orders that were seen into the baseline. The file is put in place as a whole.
func (a *checkArgs) rewrite(v *verdict.Verdict, stderr io.Writer) int {
	file := v.Updated()
	temp, err := os.CreateTemp(filepath.Dir(a.baseline), ".lockorder-*")
	if err != nil {
		return fail(stderr, err)
	}
	defer os.Remove(temp.Name())
	_, err = file.WriteTo(temp)
	if err = errors.Join(err, temp.Chmod(0o644), temp.Close()); err == nil {
		err = os.Rename(temp.Name(), a.baseline)
	}
	if err != nil {
		return fail(stderr, err)
	}
	fmt.Fprintf(stderr, "lockorder: wrote %s: %s\n", a.baseline, finding.Plural(len(baseline.Merge(file.Orders)), "order", "orders"))
	return exitOK
}
