package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// However the text is cut into writes, all of it comes out, each path restored,
// and each line is seen once.
func TestOutputRestoresWhateverTheCuts(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		line := rapid.SampledFrom([]string{"# pkg", "STORED:1:2: no", strings.Repeat("x", 600) + " STORED", "", "dots..."})
		lines := rapid.SliceOfN(line, 0, 20).Draw(rt, "lines")
		text := strings.Join(lines, "\n")

		var out bytes.Buffer
		var seen []string
		o := &output{
			out:     &out,
			restore: func(b []byte) []byte { return bytes.ReplaceAll(b, []byte("STORED"), []byte("user.go")) },
			watch:   func(line string) { seen = append(seen, line) },
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
		whole := strings.Split(want, "\n")
		require.Equal(rt, whole[:len(whole)-1], append([]string{}, seen...))
	})
}

func TestOutputDoesNotHoldBackProgress(t *testing.T) {
	var out bytes.Buffer
	o := &output{out: &out, restore: bytes.Clone, watch: func(string) {}}
	_, err := o.Write([]byte("Continue? "))
	require.NoError(t, err)
	require.Equal(t, "Continue? ", out.String())
}

func TestBoundaryWatch(t *testing.T) {
	for name, c := range map[string]struct {
		line string
		want bool
	}{
		"argument":       {`a.go:1:2: cannot use &mu (value of type *lockshim.Mutex) as *"sync".Mutex value in argument to dep.With`, true},
		"struct":         {`a.go:1:2: cannot use s (variable of type mutex.RWMutex) as "sync".RWMutex value in assignment`, true},
		"conversion":     {`a.go:1:2: cannot convert s (variable of struct type S) to type dep.S: lockshim.Once`, true},
		"interface":      {`a.go:1:2: impossible type assertion: x.(I): *T does not implement I (wrong type for method M) have M(*lockshim.Mutex)`, true},
		"comparison":     {`a.go:1:2: invalid operation: a == b (mismatched types *lockshim.Mutex and *"sync".Mutex)`, true},
		"other type":     {`a.go:1:2: cannot use n (variable of type int) as string value`, false},
		"undefined":      {`a.go:1:2: undefined: sync.Mutexes`, false},
		"names only":     {`a.go:1:2: declared and not used: lockshim.Mutex`, false},
		"another's name": {`a.go:1:2: cannot use &mu (value of type *mymutex.Mutexes) as *T`, false},
	} {
		t.Run(name, func(t *testing.T) {
			var b boundaryWatch
			b.line("# example.com/p [example.com/p.test]")
			b.line(c.line)
			require.Equal(t, c.want, len(b.packages) == 1)
			var out bytes.Buffer
			b.explain(&out)
			require.Equal(t, c.want, strings.Contains(out.String(), "-plain example.com/p\n"))
		})
	}
}
