package graphfile_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/interlock-go/interlock/internal/graphfile"
)

// Files that speak differently of one process give the same graph in either order: the lesser word, and the greater count of locks.
func TestProcessesThatAreSpokenOfDifferently(t *testing.T) {
	files := []string{
		"interlock-graph 2\nprocess a1 alpha 7 /p/a.test example.com/a 2\n",
		"interlock-graph 2\nprocess a1 beta 3 /p/a.test example.com/a 5\n",
	}
	want := graphfile.Process{ID: "a1", Host: "alpha", PID: 7, Program: "/p/a.test", Module: "example.com/a", Locks: 5}
	for _, order := range [][]int{{0, 1}, {1, 0}} {
		g := graphfile.NewGraph()
		for _, i := range order {
			require.NoError(t, g.Add(strings.NewReader(files[i]), "f"))
		}
		require.Equal(t, []graphfile.Process{want}, g.Processes())
	}
}
