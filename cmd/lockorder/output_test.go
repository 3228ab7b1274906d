package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// However the text is cut into writes, all of it comes out, each path restored.
func TestOutputRestoresWhateverTheCuts(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		line := rapid.SampledFrom([]string{"# pkg", "STORED:1:2: no", strings.Repeat("x", 600) + " STORED", "", "dots..."})
		lines := rapid.SliceOfN(line, 0, 20).Draw(rt, "lines")
		text := strings.Join(lines, "\n")

		var out bytes.Buffer
		o := &output{
			out:     &out,
			restore: func(b []byte) []byte { return bytes.ReplaceAll(b, []byte("STORED"), []byte("user.go")) },
		}
		for rest := text; rest != ""; {
			n := min(len(rest), unsplit+rapid.IntRange(1, 700).Draw(rt, "cut"))
			written, err := o.Write([]byte(rest[:n]))
			require.NoError(rt, err)
			require.Equal(rt, n, written)
			rest = rest[n:]
		}
		require.NoError(rt, o.flush())

		want := strings.ReplaceAll(text, "STORED", "user.go")
		require.Equal(rt, want, out.String())
	})
}

func TestOutputDoesNotHoldBackProgress(t *testing.T) {
	var out bytes.Buffer
	o := &output{out: &out, restore: bytes.Clone}
	_, err := o.Write([]byte("Continue? "))
	require.NoError(t, err)
	require.Equal(t, "Continue? ", out.String())
}
