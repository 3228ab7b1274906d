package house_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/interlock-go/interlock/internal/house"
)

// keep fails the test with the breaches, one a line.
func keep(t *testing.T, breaches []house.Breach) {
	t.Helper()
	for _, b := range breaches {
		t.Error(b)
	}
}

func TestImportDirectionAndDependencies(t *testing.T) {
	for _, b := range builds {
		if strings.Join(b.Tags, "") == "race" {
			continue // selects between files, not between imports
		}
		t.Run(path.Join(b.GOOS, b.GOARCH, strings.Join(b.Tags, ",")), func(t *testing.T) {
			packages, err := b.List(root, "./...")
			require.NoError(t, err)
			keep(t, house.Imports(module, layers, packages))
			roots := house.Below(module, library, heavy, packages)
			require.NotEmpty(t, roots)
			keep(t, house.Dependencies(module, roots, forbidden, packages))
		})
	}
}

func TestEveryFile(t *testing.T) {
	commented := map[string]bool{} // public folder → has a package comment
	err := house.Tree(root, func(name string, content []byte) error {
		keep(t, house.KnownEnding(endings, name))
		if house.InTestdata(name) {
			return nil
		}
		keep(t, house.TooLong(maxLines, name, content))
		breaches, err := house.Compiled(builds, name, content)
		require.NoError(t, err)
		keep(t, breaches)
		breaches, err = house.StrayTests(name, content)
		require.NoError(t, err)
		keep(t, breaches)
		if public(name) {
			breaches, err = house.Documented(name, content)
			require.NoError(t, err)
			keep(t, breaches)
			commented[path.Dir(name)] = commented[path.Dir(name)] || house.HasPackageComment(content)
		}
		return nil
	})
	require.NoError(t, err)
	for dir, ok := range commented {
		if !ok {
			t.Errorf("%s: the package has no comment", dir)
		}
	}
}

// public reports whether name is a source file of a package that users import.
func public(name string) bool {
	if path.Ext(name) != ".go" || strings.HasSuffix(name, "_test.go") {
		return false
	}
	for i, element := range strings.Split(path.Dir(name), "/") {
		switch element {
		case "internal":
			return false
		case "cmd", "examples", "bench", "tools", "conformance":
			if i == 0 {
				return false
			}
		}
	}
	return true
}

func TestInvisibleToTheRaceDetector(t *testing.T) {
	for _, v := range invisible {
		t.Run(v.Dir, func(t *testing.T) {
			fset, files, info, err := house.Load(module, root, v.Dir)
			require.NoError(t, err)
			require.NotEmpty(t, files)
			keep(t, v.Check(fset, files, info))
			for name := range v.Exempt {
				require.FileExists(t, filepath.Join(root, v.Dir, name), "the table exempts a file that is gone")
			}
		})
	}
}

// A build in the table that the gates do not make would excuse a file that
// nothing compiles.
func TestGatesMakeEveryBuild(t *testing.T) {
	script, err := os.ReadFile(filepath.Join(root, ".ci/run"))
	require.NoError(t, err)
	for _, b := range builds {
		if !b.Cgo {
			require.Contains(t, string(script), b.GOOS+"/"+b.GOARCH)
		}
		for _, tag := range b.Tags {
			require.Contains(t, string(script), tag)
		}
	}
}

func TestRequirements(t *testing.T) {
	cmd := exec.Command("go", "mod", "edit", "-json")
	cmd.Dir = root
	out, err := cmd.Output()
	require.NoError(t, err)
	var mod struct {
		Require []struct {
			Path     string
			Indirect bool
		}
	}
	require.NoError(t, json.Unmarshal(out, &mod))
	for _, r := range mod.Require {
		if !r.Indirect {
			require.Contains(t, requirements, r.Path)
		}
	}
}

func TestLicenseAndChangelog(t *testing.T) {
	license, err := os.ReadFile(filepath.Join(root, "LICENSE"))
	require.NoError(t, err)
	require.Contains(t, string(license), "MIT License")
	changelog, err := os.ReadFile(filepath.Join(root, "CHANGELOG.md"))
	require.NoError(t, err)
	require.Contains(t, string(changelog), "\n## [Unreleased]\n")
}
