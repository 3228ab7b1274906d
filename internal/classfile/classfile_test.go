package classfile_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/interlock-go/interlock/internal/classfile"
)

func TestWhatIsWrittenIsRead(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.StringMatching(`[a-z/. ·%]{0,5}[a-z]`)
		places := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) classfile.Place {
			return classfile.Place{File: "/" + name.Draw(t, "file"), Line: rapid.IntRange(0, 1<<20).Draw(t, "line")}
		}), 0, 4)
		byName := rapid.MapOfN(name, places, 0, 6).Draw(t, "classes")
		var classes []classfile.Class
		for name, places := range byName {
			if len(places) == 0 {
				places = nil
			}
			classes = append(classes, classfile.Class{Name: name, Places: places, Single: len(places)%2 == 1})
		}
		var text strings.Builder
		require.NoError(t, classfile.Write(&text, classes))
		read, err := classfile.Read(text.String())
		require.NoError(t, err)
		require.ElementsMatch(t, classes, read)
	})
}

func TestWhatCannotBeSaidIsLeftOut(t *testing.T) {
	var text strings.Builder
	require.NoError(t, classfile.Write(&text, []classfile.Class{
		{Name: "two\nlines"}, {Name: "p.mu", Places: []classfile.Place{{File: "a\nb.go", Line: 1}, {File: "c.go", Line: 2}}},
	}))
	read, err := classfile.Read(text.String())
	require.NoError(t, err)
	require.Equal(t, []classfile.Class{{Name: "p.mu", Places: []classfile.Place{{File: "c.go", Line: 2}}}}, read)
}

func TestBadTables(t *testing.T) {
	for text, want := range map[string]string{
		"":                                       "not a table",
		"{}":                                     "not a table",
		"interlock-classes 2\n":                  "not a table",
		"interlock-classes 1":                    "truncated",
		"interlock-classes 1\nclass p.m":         "truncated",
		"interlock-classes 1\n 3 f.go\n":         "line 2: .*neither",
		"interlock-classes 1\nclass\n":           "line 2: .*names nothing",
		"interlock-classes 1\nclass a\r\n":       "line 2: .*carriage return",
		"interlock-classes 1\n\n":                "line 2: .*names nothing",
		"interlock-classes 1\nclass a\n x f\n":   "line 3: .*neither",
		"interlock-classes 1\nklass a\n":         "line 2: .*neither",
		"interlock-classes 1\nclass a\n7 f.go\n": "line 3: .*neither",
	} {
		_, err := classfile.Read(text)
		require.Error(t, err, "%q", text)
		require.Regexp(t, want, err.Error())
	}
}

// Whatever a table holds, it is an error that names the line, or what was read can
// be written and is read again as the same; a table that is cut inside a line is an error.
func FuzzRead(f *testing.F) {
	f.Add("interlock-classes 1\nclass p.T.mu\n 3 /a/b c.go\n 14 d.go\nvar p.mu\n 7 /a/b c.go\n", 30)
	f.Add("interlock-classes 1\nclass a\nvar a\n +3 f\n", 25)
	f.Add("interlock-classes 2\n", 5)
	f.Add("class p.T.mu\n 3 /a/b c.go\nvar p.T.mu\n", 30)
	f.Fuzz(func(t *testing.T, text string, cut int) {
		if !strings.HasPrefix(text, "interlock-classes ") {
			text = "interlock-classes 1\n" + text // so that a change of the first line is not all that is tried
		}
		classes, err := classfile.Read(text)
		if err != nil {
			if !errors.Is(err, classfile.ErrForeign) {
				require.Regexp(t, `^line \d+: |^truncated: `, err.Error())
			}
			return
		}
		var once strings.Builder
		require.NoError(t, classfile.Write(&once, classes))
		again, err := classfile.Read(once.String())
		require.NoError(t, err)
		require.ElementsMatch(t, classes, again)
		var twice strings.Builder
		require.NoError(t, classfile.Write(&twice, again))
		require.Equal(t, once.String(), twice.String())
		if cut >= 0 && cut < len(text) && (cut == 0 || text[cut-1] != '\n') {
			_, err := classfile.Read(text[:cut])
			require.Error(t, err)
		}
	})
}
