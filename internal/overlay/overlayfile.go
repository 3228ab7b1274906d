package overlay

import (
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
)

// overlayFile is the form of the file that -overlay names.
type overlayFile struct{ Replace map[string]string }

// readOverlay reads the user's own overlay, whose relative paths start where the
// go command runs.
func readOverlay(path, dir string) (map[string]string, error) {
	files := map[string]string{}
	if path == "" {
		return files, nil
	}
	base, err := filepath.Abs(cmp.Or(dir, "."))
	if err != nil {
		return nil, err
	}
	absolute := func(path string) string {
		if path == "" || filepath.IsAbs(path) {
			return path
		}
		return filepath.Join(base, path)
	}
	content, err := os.ReadFile(absolute(path))
	if err != nil {
		return nil, err
	}
	var own overlayFile
	if err := json.Unmarshal(content, &own); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	for from, to := range own.Replace {
		files[absolute(from)] = absolute(to)
	}
	return files, nil
}

func writeOverlay(files map[string]string, dir, name string) (string, error) {
	content, err := json.Marshal(overlayFile{files})
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, name)
	return path, os.WriteFile(path, content, 0o666)
}
