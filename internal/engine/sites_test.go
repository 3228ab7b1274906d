package engine

import (
	"path/filepath"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/interlock-go/interlock/internal/discipline"
)

// here is a return address on its caller's line, and that line's place.
//
//go:noinline
func here() (pc uintptr, file string, line int) {
	pc, file, line, _ = runtime.Caller(1)
	return pc, file, line
}

// A lock that has never been nested is known by its name, too, when its goroutine asks for it again.
func TestSelfDeadlockNamesTheClass(t *testing.T) {
	afresh(t)
	pc, file, line := here()
	require.Equal(t, "sites_test.go", filepath.Base(file))
	SetSite(file, line, NewClass("p.T.mu", discipline.Any))
	t.Cleanup(func() { eng.places = discipline.Sites{} })
	r := Enter()
	for name, places := range map[string][2]uintptr{
		"both places": {pc, pc}, "held in a helper": {1, pc}, "wanted in a helper": {pc, 1},
	} {
		t.Run(name, func(t *testing.T) {
			c := new(Core)
			r.take(c, places[0])
			q := Request{Core: c, Seen: c.Seen(), For: ForMutex, PC: places[1]}
			f := r.BlockRefusable(&q, make(chan struct{}, 1))
			require.NotNil(t, f)
			require.Equal(t, "p.T.mu", f.Edges[0].Want.Lock.Class)
			require.Equal(t, "p.T.mu", f.Edges[0].Held[0].Lock.Class)
			r.UnblockRefusable()
			require.True(t, r.drop(c))
		})
	}
}
