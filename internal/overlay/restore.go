package overlay

import (
	"bytes"
	"path/filepath"
	"regexp"
	"strings"
)

func newBuild(store Store, dir string) (*Build, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	root := filepath.Join(store.dir, "src")
	places := []string{regexp.QuoteMeta(root)}
	if rel, err := filepath.Rel(dir, root); err == nil {
		places = append(places, `(?:\.[/\\])?`+regexp.QuoteMeta(rel))
	}
	places = append(places, `[^\s:"]*`) // relative to wherever else
	stored := regexp.MustCompile(`(?:` + strings.Join(places, "|") + `)[/\\]+[0-9a-f]{2}[/\\]+([0-9a-f]{64}\.go)\b`)
	return &Build{users: map[string]string{}, stored: stored, dir: dir}, nil
}

// Restore returns what the go command has printed with the user's paths in the
// place of the store's. The compiler does not know of overlays and names in its
// errors the file that it has read.
func (b *Build) Restore(text []byte) []byte {
	text = b.stored.ReplaceAllFunc(text, func(path []byte) []byte {
		base := path[len(path)-len(".go")-64:]
		if user, ok := b.users[string(base)]; ok {
			return []byte(b.Short(user))
		}
		return path
	})
	for _, c := range b.copies {
		text = bytes.ReplaceAll(text, []byte(c.to+string(filepath.Separator)), []byte(c.module.Dir+string(filepath.Separator)))
	}
	return text
}

// Short is how the go command prints a path: from where it runs if that is
// shorter.
func (b *Build) Short(path string) string {
	rel, err := filepath.Rel(b.dir, path)
	if err != nil || len(rel) >= len(path) {
		return path
	}
	if !strings.ContainsRune(rel, filepath.Separator) {
		return "." + string(filepath.Separator) + rel
	}
	return rel
}
