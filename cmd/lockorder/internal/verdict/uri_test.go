package verdict

import (
	"net/url"
	"path"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// A path may have any bytes in it; what stands in SARIF is a URI of the same path.
func TestUriOfAnyPathLeadsBackToIt(t *testing.T) {
	require.Equal(t, "a/b%20c.go", uriOf(`a\b c.go`))
	require.Equal(t, "./C:/a.go", uriOf(`C:\a.go`))
	rapid.Check(t, func(rt *rapid.T) {
		file := rapid.String().Draw(rt, "file")
		u, err := url.Parse(uriOf(file))
		require.NoError(rt, err)
		require.Empty(rt, u.RawQuery+u.Fragment+u.Host+u.Scheme)
		require.Equal(rt, path.Clean(strings.ReplaceAll(file, `\`, "/")), path.Clean(u.Path))
	})
}
