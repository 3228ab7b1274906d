package visible_test

import (
	"strconv"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/interlock-go/interlock/internal/visible"
)

func TestTextStaysInItsLine(t *testing.T) {
	for s, want := range map[string]string{
		"":              "",
		"model cache":   "model cache",
		"größer ≠ 木":    "größer ≠ 木",
		"a\nb":          `"a\nb"`,
		"\x1b[31mred":   `"\x1b[31mred"`,
		"a\u202eb":      `"a\u202eb"`,
		"\xff":          `"\xff"`,
		"a\ufffdb":      `"a` + "\ufffd" + `b"`,
		"no\u00a0break": `"no\u00a0break"`,
	} {
		require.Equal(t, want, visible.Text(s))
	}
}

func TestTextOfAnythingIsVisibleAndKeepsIt(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s := rapid.String().Draw(rt, "s")
		got := visible.Text(s)
		require.True(rt, strings.IndexFunc(got, func(r rune) bool { return !unicode.IsPrint(r) }) < 0)
		if got != s {
			back, err := strconv.Unquote(got)
			require.NoError(rt, err)
			require.Equal(rt, s, back)
		}
	})
}
