package lockorder_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/interlock-go/interlock/lockorder"
)

func TestIgnoreSilencesWhatAllItsMatchesSelect(t *testing.T) {
	cache := lockorder.NewClass("cache.mu")
	for _, c := range []struct {
		name    string
		matches []lockorder.Match
		silent  bool
	}{
		{"function", []lockorder.Match{lockorder.InFunc("cache.(*Cache).Put")}, true},
		{"function with path", []lockorder.Match{lockorder.InFunc("example.com/svc/cache.(*Cache).Put")}, true},
		{"function by beginning", []lockorder.Match{lockorder.InFunc("example.com/svc/*")}, true},
		{"short function by beginning", []lockorder.Match{lockorder.InFunc("cache.*")}, true},
		{"function that was asked in", []lockorder.Match{lockorder.InFunc("index.(*Index).Add")}, true},
		{"file that was asked in", []lockorder.Match{lockorder.InFile("index/index.go")}, true},
		{"beginning without a star", []lockorder.Match{lockorder.InFunc("example.com/svc/")}, false},
		{"star alone", []lockorder.Match{lockorder.InFunc("*")}, true},
		{"part of a function", []lockorder.Match{lockorder.InFunc("cache.(*Cache).Pu")}, false},
		{"end of a function", []lockorder.Match{lockorder.InFunc("(*Cache).Put")}, false},
		{"file", []lockorder.Match{lockorder.InFile("cache/cache.go")}, true},
		{"whole path", []lockorder.Match{lockorder.InFile("/src/svc/cache/cache.go")}, true},
		{"folder", []lockorder.Match{lockorder.InFile("svc/cache/")}, true},
		{"part of a file", []lockorder.Match{lockorder.InFile("ache.go")}, false},
		{"part of a folder", []lockorder.Match{lockorder.InFile("ache/")}, false},
		{"file taken for a folder", []lockorder.Match{lockorder.InFile("svc/cache")}, false},
		{"class", []lockorder.Match{lockorder.OfClass(cache)}, true},
		{"another class", []lockorder.Match{lockorder.OfClass(lockorder.NewClass("other"))}, false},
		{"no class", []lockorder.Match{lockorder.OfClass(nil)}, false},
		{"tier", []lockorder.Match{lockorder.OfTier(lockorder.Potential)}, true},
		{"id", []lockorder.Match{lockorder.WithID("a")}, true},
		{"both", []lockorder.Match{lockorder.OfTier(lockorder.Potential), lockorder.InFunc("index.*")}, true},
		{"one of both", []lockorder.Match{lockorder.OfTier(lockorder.Deadlock), lockorder.InFunc("index.*")}, false},
		{"nothing", nil, false},
		{"zero match", []lockorder.Match{{}}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			defer lockorder.Reset(lockorder.State{})()
			told := 0
			lockorder.SetHandler(func(lockorder.Report) { told++ })
			lockorder.Ignore(c.matches...)
			lockorder.Deliver(example("potential", "a"))
			require.Equal(t, !c.silent, told == 1)
			require.Equal(t, !c.silent, lockorder.Find() != nil)
			require.Equal(t, c.silent, lockorder.Snapshot().Findings[0].Silenced)
		})
	}
}

// A program built for Windows has backslashes in its paths, whatever reads its reports.
func TestInFileTakesEitherSlash(t *testing.T) {
	r := example("potential", "a")
	r.Edges[0].Held[0].Stack = []lockorder.Frame{{Func: "f", File: `C:\src\legacy\put.go`, Line: 1}}
	for pattern, silent := range map[string]bool{"legacy/put.go": true, "src/legacy/": true, "egacy/": false} {
		reset := lockorder.Reset(lockorder.State{})
		lockorder.SetHandler(func(lockorder.Report) {})
		lockorder.Ignore(lockorder.InFile(pattern))
		lockorder.Deliver(r)
		require.Equal(t, silent, lockorder.Find() == nil, pattern)
		reset()
	}
}

func TestIgnoreReachesBack(t *testing.T) {
	defer lockorder.Reset(lockorder.State{})()
	lockorder.SetHandler(func(lockorder.Report) {})
	lockorder.Deliver(example("potential", "a"))
	lockorder.Deliver(example("potential", "b"))
	lockorder.Ignore(lockorder.WithID("a"))
	require.Error(t, lockorder.Find())
	lockorder.Ignore(lockorder.WithID("b"))
	require.NoError(t, lockorder.Find())
}
