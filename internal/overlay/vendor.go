package overlay

import (
	"fmt"
	"go/version"
	"os"
	"path/filepath"
	"strings"
)

// vendored is a module in a vendor directory.
type vendored struct{ path, version, goVersion string }

// isVendored tells whether the go command would take the packages of the module in
// dir from its vendor directory.
func isVendored(dir, mod, goVersion string) bool {
	if mod != "" && mod != "vendor" {
		return false
	}
	_, err := os.Stat(filepath.Join(dir, "vendor", "modules.txt"))
	return err == nil && (mod == "vendor" || version.Compare("go"+goVersion, "go1.14") >= 0)
}

// useVendor makes the copied go.mod take each vendored module from the vendor
// directory. The go command's own way with vendor directories would not do: it
// compares modules.txt with go.mod and has no overlay for it, so that it refuses
// a module, ours, that is not in the directory. So the modules are replaced by
// their directories, to which the overlay adds the go.mod that vendoring has left
// out. It returns the edits.
func useVendor(goMod, dir string, files map[string]string) ([]string, error) {
	root := filepath.Join(filepath.Dir(goMod), "vendor")
	modules, err := readModulesTxt(filepath.Join(root, "modules.txt"))
	if err != nil {
		return nil, err
	}
	if err := os.Mkdir(filepath.Join(dir, "vendor"), 0o777); err != nil {
		return nil, err
	}
	var edits []string
	for i, m := range modules {
		if m.path == Module {
			continue
		}
		added := filepath.Join(dir, "vendor", fmt.Sprintf("%d.mod", i))
		text := "module " + m.path + "\n"
		if m.goVersion != "" {
			text += "\ngo " + m.goVersion + "\n"
		}
		if err := os.WriteFile(added, []byte(text), 0o666); err != nil {
			return nil, err
		}
		at := filepath.Join(root, filepath.FromSlash(m.path))
		files[filepath.Join(at, "go.mod")] = added
		edits = append(edits, "-require="+m.path+"@"+m.version, "-replace="+m.path+"@"+m.version+"="+at)
	}
	return edits, nil
}

// readModulesTxt reads the lines "# path version" and, below them, "## explicit; go
// 1.20". Lines of replacements without a version repeat go.mod.
func readModulesTxt(path string) ([]vendored, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var modules []vendored
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, "## "); ok {
			for word := range strings.SplitSeq(rest, ";") {
				if v, ok := strings.CutPrefix(strings.TrimSpace(word), "go "); ok && len(modules) > 0 {
					modules[len(modules)-1].goVersion = v
				}
			}
			continue
		}
		if f := strings.Fields(line); len(f) >= 3 && f[0] == "#" && strings.HasPrefix(f[2], "v") {
			modules = append(modules, vendored{path: f[1], version: f[2]})
		}
	}
	return modules, nil
}
