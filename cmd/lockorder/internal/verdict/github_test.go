package verdict

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// unescape is what GitHub's runner makes of a value: the reverse, with % last.
var unescape = strings.NewReplacer("%0D", "\r", "%0A", "\n", "%3A", ":", "%2C", ",", "%25", "%")

// Whatever a lock is called and a report says, it stays inside its command: one line, whose parts can be told apart.
func TestAnAnnotationIsOneLineAndKeepsItsTexts(t *testing.T) {
	text := rapid.StringOf(rapid.OneOf(rapid.SampledFrom([]rune("%:,=\r\n25AD")), rapid.Rune()))
	rapid.Check(t, func(rt *rapid.T) {
		file, title, message := text.Draw(rt, "file"), text.Draw(rt, "title"), text.Draw(rt, "message")
		var b strings.Builder
		annotate(&b, "error", file, 7, title, message)
		line, ok := strings.CutSuffix(b.String(), "\n")
		require.True(rt, ok)
		require.NotContains(rt, line, "\n")
		require.NotContains(rt, line, "\r")
		command, data, ok := strings.Cut(line[len("::"):], "::")
		require.True(rt, ok)
		require.Equal(rt, message, unescape.Replace(data))
		values := map[string]string{}
		for pair := range strings.SplitSeq(strings.TrimPrefix(command, "error "), ",") {
			key, value, _ := strings.Cut(pair, "=")
			values[key] = unescape.Replace(value)
		}
		require.Equal(rt, title, values["title"])
		if file != "" {
			require.Equal(rt, map[string]string{"title": title, "file": file, "line": "7"}, values)
		}
	})
}
