package docs_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// pages are the documents that a reader is led to.
func pages(t *testing.T) []string {
	t.Helper()
	docs, err := filepath.Glob("*.md")
	require.NoError(t, err)
	require.NotEmpty(t, docs)
	return append(docs, "../README.md", "../bench/README.md", "../examples/inference/README.md", "../cmd/lockorder/testdata/README.md")
}

// TestLinksLead follows the links between files of the module, and to headings in them.
func TestLinksLead(t *testing.T) {
	link := regexp.MustCompile(`\]\(([\w/-]*[./][\w./-]*)?(#[\w-]+)?\)`) // a conversion in code has no dot
	for _, page := range pages(t) {
		for _, m := range link.FindAllStringSubmatch(read(t, page), -1) {
			target := page
			if m[1] != "" {
				target = filepath.Join(filepath.Dir(page), m[1])
				require.FileExists(t, target, "in %s", page)
			}
			if m[2] != "" {
				require.Contains(t, anchors(read(t, target)), m[2], "in %s", page)
			}
		}
	}
}

// anchors are those of a page's headings, as GitHub makes them.
func anchors(text string) (all []string) {
	heading := regexp.MustCompile(`(?m)^#+ (.*)$`)
	for _, m := range heading.FindAllStringSubmatch(text, -1) {
		kept := strings.Map(func(c rune) rune {
			switch {
			case c == ' ':
				return '-'
			case c == '-' || c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c > 127:
				return c
			}
			return -1
		}, strings.ToLower(m[1]))
		all = append(all, "#"+kept)
	}
	return all
}

// TestPagesAreReached: every page here is one link from the README.
func TestPagesAreReached(t *testing.T) {
	docs, err := filepath.Glob("*.md")
	require.NoError(t, err)
	readme := read(t, "../README.md")
	for _, doc := range docs {
		require.Contains(t, readme, "](docs/"+doc+")")
	}
}

var (
	shell   = regexp.MustCompile("(?s)```(?:sh|yaml)\n(.*?)```")
	command = regexp.MustCompile(`^(?:\w+="[^"]*" )*(?:- )?(?:run: )?(go .*|lockorder .*)$`)
	inline  = regexp.MustCompile("`(?:cd (\\w+) && )?(go (?:-C|test|run) [^`]*)`")
	quoted  = regexp.MustCompile(`'[^']*'|\S+`)
)

// TestCommandsExist: what a page tells to type is there. Packages and folders exist, a pattern of tests finds some, a
// flag of the command lockorder is in its manual or is the go command's.
func TestCommandsExist(t *testing.T) {
	found := 0
	for _, page := range pages(t) {
		for _, block := range shell.FindAllStringSubmatch(read(t, page), -1) {
			dir := ".." // commands are run at the root of the module
			if page == "../bench/README.md" && !strings.Contains(block[1], "cd bench") && !strings.Contains(block[1], "-fuzz") {
				dir = "../bench"
			}
			for line := range strings.Lines(block[1]) {
				line, _, _ = strings.Cut(strings.TrimSpace(line), " #")
				if to, ok := strings.CutPrefix(line, "cd "); ok && to != "some/module" {
					dir = filepath.Join(dir, to)
					require.DirExists(t, dir, "in %s", page)
				}
				if m := command.FindStringSubmatch(line); m != nil {
					found++
					t.Run(page+": "+m[1], func(t *testing.T) { exists(t, dir, quoted.FindAllString(m[1], -1)) })
				}
			}
		}
	}
	require.Greater(t, found, 40)
}

// TestCommandsInTextExist: the same, for those that stand in a sentence or a table.
func TestCommandsInTextExist(t *testing.T) {
	for _, page := range pages(t) {
		for _, m := range inline.FindAllStringSubmatch(shell.ReplaceAllString(read(t, page), ""), -1) {
			dir := filepath.Join("..", m[1])
			if page == "../bench/README.md" {
				dir = "../bench"
			}
			t.Run(page+": "+m[2], func(t *testing.T) { exists(t, dir, quoted.FindAllString(m[2], -1)) })
		}
	}
}

// exists looks at the words of one command that is run in dir.
func exists(t *testing.T, dir string, words []string) {
	for i, w := range words {
		words[i] = strings.Trim(w, "'")
	}
	if words[0] == "lockorder" || slices.Equal(words[:2], []string{"go", "tool"}) && words[2] == "lockorder" {
		flagsOfLockorder(t, words)
		return
	}
	if i := slices.Index(words, "-C"); i >= 0 {
		dir = filepath.Join(dir, words[i+1])
		require.DirExists(t, dir)
		words = slices.Delete(words, i, i+2)
	}
	var folders []string
	for _, w := range words {
		if local := strings.HasPrefix(w, "./") || strings.HasPrefix(w, "../") || w == "."; local {
			folder, _ := strings.CutSuffix(w, "...")
			folders = append(folders, filepath.Join(dir, folder))
			require.DirExists(t, filepath.Join(dir, folder))
		}
	}
	for flag, kind := range map[string]string{"-run": "Test", "-bench": "Benchmark", "-fuzz": "Fuzz"} {
		i := slices.Index(words, flag)
		if i < 0 || !slices.Contains(words, "test") || words[i+1] == "^$" {
			continue
		}
		pattern := regexp.MustCompile(strings.Split(words[i+1], "/")[0])
		require.True(t, slices.ContainsFunc(functions(t, folders, kind), pattern.MatchString), "%s %s finds nothing", flag, words[i+1])
	}
}

// functions are those for go test whose names begin with kind, in the folders.
func functions(t *testing.T, folders []string, kind string) (names []string) {
	fn := regexp.MustCompile(`(?m)^func (` + kind + `\w*)\(`)
	for _, folder := range folders {
		files, err := filepath.Glob(filepath.Join(folder, "*_test.go"))
		require.NoError(t, err)
		for _, file := range files {
			for _, m := range fn.FindAllStringSubmatch(read(t, file), -1) {
				names = append(names, m[1])
			}
		}
	}
	return names
}

// flagsOfLockorder: its manual has its own and the commands; those of go test that the pages use are few.
func flagsOfLockorder(t *testing.T, words []string) {
	manual := read(t, "../cmd/lockorder/doc.go")
	words = words[slices.Index(words, "lockorder")+1:]
	require.True(t, strings.Contains(manual, "//\tlockorder "+words[0]+" "), "command %s", words[0])
	for _, w := range words {
		if strings.HasPrefix(w, "-") && !slices.Contains([]string{"-run", "-count", "-race", "-o"}, w) {
			require.True(t, strings.Contains(manual, "//\t"+w+" ") || strings.Contains(manual, "//\t"+w+"\n"), "flag %s", w)
		}
	}
}

func read(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	return string(text)
}
