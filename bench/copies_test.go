package bench_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

//go:generate go test -run TestCopies -update

var update = flag.Bool("update", false, "write the copies of cases.go")

// All implementations run the same code on their own types, so that the figures
// compare. TestCopies holds the copies to their source.
func TestCopies(t *testing.T) {
	source, err := os.ReadFile("internal/onsync/cases.go")
	if err != nil {
		t.Fatal(err)
	}
	_, body, ok := strings.Cut(string(source), "\nimport (\n\tlock \"sync\"\n\t\"testing\"\n\t\"unsafe\"\n")
	if !ok {
		t.Fatal("cases.go does not begin as expected")
	}
	for pkg, path := range map[string]string{
		"oninterlock": "github.com/interlock-go/interlock/mutex",
		"ondeadlock":  "github.com/sasha-s/go-deadlock",
	} {
		want := "// Code generated from onsync/cases.go. DO NOT EDIT.\n\n" +
			"// Package " + pkg + " measures " + path + ".\npackage " + pkg +
			"\n\nimport (\n\t\"testing\"\n\t\"unsafe\"\n\n\tlock \"" + path + "\"\n" + body
		name := filepath.Join("internal", pkg, "cases.go")
		if *update {
			if err := os.WriteFile(name, []byte(want), 0o666); err != nil {
				t.Fatal(err)
			}
		}
		if got, err := os.ReadFile(name); err != nil || string(got) != want {
			t.Errorf("%s is not a copy of onsync/cases.go (%v); run: go generate", name, err)
		}
	}
}
