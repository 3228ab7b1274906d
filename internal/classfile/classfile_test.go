package classfile_test

import (
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
