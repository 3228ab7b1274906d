package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/interlock-go/interlock/internal/graphfile"
)

// graphDir makes the directory for the graph files. The settings in INTERLOCK
// are separated by spaces, so a path with one cannot be told to the tests.
func graphDir(run string) (string, error) {
	dir := filepath.Join(run, "graph")
	if strings.ContainsAny(dir, " \t\n") {
		return "", fmt.Errorf("the temporary directory %q has a space in its path; set TMPDIR to one without", run)
	}
	return dir, os.Mkdir(dir, 0o777)
}

// merge reads the graph files of the test processes. This program has the
// library in it, too, and with coverage it runs for each tool of the build: its
// own files are no one's.
func merge(dir string) (*graphfile.Graph, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*"+graphfile.Extension))
	if err != nil {
		return graphfile.NewGraph(), err
	}
	self, err := os.Executable()
	if err != nil {
		return graphfile.NewGraph(), err
	}
	return graphfile.Merge(slices.DeleteFunc(files, func(name string) bool {
		p, err := graphfile.ReadProcess(name)
		return err == nil && p.Program == self
	})...)
}

// writeGraph writes the merged graph to a file of the user's.
func writeGraph(path string, graph *graphfile.Graph) error {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	if _, err := graph.WriteTo(file); err != nil {
		_ = file.Close()
		return err
	}
	return file.Close()
}
