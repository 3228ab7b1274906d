// Package docs_test holds the code in the documentation to the module: it compiles.
package docs_test

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/interlock-go/interlock/internal/oracle"
)

var goBlock = regexp.MustCompile("(?s)```go\n(package .*?)```\n")

// heldElsewhere: fragments there are held to a program that shows them, by its test.
var heldElsewhere = map[string]bool{"reports.md": true, "../README.md": true} // examples/tiers, examples/quickstart

// TestCodeCompiles builds every whole Go file in the documents, with and without the detector. The go command is
// told that each lies in a folder of its own beside them.
func TestCodeCompiles(t *testing.T) {
	docs, err := filepath.Glob("*.md")
	require.NoError(t, err)
	overlay := struct{ Replace map[string]string }{map[string]string{}}
	dir := t.TempDir()
	here, err := os.Getwd()
	require.NoError(t, err)
	var packages, tests []string
	for _, doc := range append(docs, "../README.md") {
		text, err := os.ReadFile(doc)
		require.NoError(t, err)
		if whole := len(goBlock.FindAll(text, -1)); !heldElsewhere[doc] {
			require.Equal(t, strings.Count(string(text), "```go\n"), whole, "%s has code that is no whole file, and nobody compiles it", doc)
		}
		for i, block := range goBlock.FindAllStringSubmatch(string(text), -1) {
			folder := fmt.Sprintf("%s%d", strings.TrimSuffix(filepath.Base(doc), ".md"), i+1)
			name, list := "code.go", &packages
			if strings.Contains(block[1], "*testing.") {
				name, list = "code_test.go", &tests
			}
			*list = append(*list, "./"+folder)
			copied := filepath.Join(dir, folder+".go")
			require.NoError(t, os.WriteFile(copied, []byte(block[1]), 0o666))
			overlay.Replace[filepath.Join(here, folder, name)] = copied
		}
	}
	require.NotEmpty(t, packages)
	require.NotEmpty(t, tests)
	content, err := json.Marshal(overlay)
	require.NoError(t, err)
	file := filepath.Join(dir, "overlay.json")
	require.NoError(t, os.WriteFile(file, content, 0o666))
	for _, tags := range []string{"", "interlock_off"} {
		flags := []string{"-tags=" + tags, "-overlay=" + file}
		runGo(t, slices.Concat([]string{"build"}, flags, packages))
		runGo(t, slices.Concat([]string{"test", "-c", "-vet=off", "-o", dir + string(filepath.Separator)}, flags, tests))
	}
}

func runGo(t *testing.T, args []string) {
	out, err := exec.Command("go", args...).CombinedOutput()
	require.NoError(t, err, "%s", out)
}

// TestRuleHasTheFigures: the sizes of the sets of programs in rule.md are those that the tests go through.
func TestRuleHasTheFigures(t *testing.T) {
	text, err := os.ReadFile("rule.md")
	require.NoError(t, err)
	shown := strings.ReplaceAll(string(text), ",", "")
	total, wider := 0, 0
	for _, u := range oracle.Universes() {
		require.Contains(t, shown, fmt.Sprintf("| %d | 0 | 0 |", u.Size()), u.Name)
		total += u.Size()
	}
	for _, u := range oracle.WideUniverses() {
		wider += u.Size()
	}
	require.Contains(t, shown, fmt.Sprintf("| **%d** |", total))
	require.Contains(t, shown, fmt.Sprintf("| %d | 0 | 0 |", wider))
}
