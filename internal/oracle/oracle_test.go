package oracle_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/interlock-go/interlock/internal/oracle"
)

const (
	a = iota
	b
	c
)

func w(lock uint8) oracle.Acquire   { return oracle.Acquire{Kind: oracle.Lock, Lock: lock} }
func r(lock uint8) oracle.Acquire   { return oracle.Acquire{Kind: oracle.RLock, Lock: lock} }
func try(lock uint8) oracle.Acquire { return oracle.Acquire{Kind: oracle.TryLock, Lock: lock} }

func TestVerdictsKnownByHand(t *testing.T) {
	type section = oracle.Section
	for name, test := range map[string]struct {
		deadlock bool
		program  []oracle.Section
	}{
		"inverted":                            {true, []section{{w(a), w(b)}, {w(b), w(a)}}},
		"consistent":                          {false, []section{{w(a), w(b)}, {w(a), w(b)}}},
		"behind a gate":                       {false, []section{{w(c), w(a), w(b)}, {w(c), w(b), w(a)}}},
		"gate held for reading":               {true, []section{{r(c), w(a), w(b)}, {r(c), w(b), w(a)}}},
		"three in a ring":                     {true, []section{{w(a), w(b)}, {w(b), w(c)}, {w(c), w(a)}}},
		"inner acquisitions try":              {false, []section{{w(a), try(b)}, {w(b), try(a)}}},
		"outer acquisitions try":              {true, []section{{try(a), w(b)}, {try(b), w(a)}}},
		"locked twice":                        {true, []section{{w(a), w(a)}}},
		"read twice":                          {false, []section{{r(a), r(a)}}},
		"read twice with a writer":            {true, []section{{r(a), r(a)}, {w(a)}}},
		"readers only":                        {false, []section{{r(a), r(b)}, {r(b), r(a)}}},
		"readers and one writer":              {false, []section{{r(a), r(b)}, {r(b), r(a)}, {w(a)}}},
		"readers and two writers":             {true, []section{{r(a), r(b)}, {r(b), r(a)}, {w(a)}, {w(b)}}},
		"trying what one holds fails quietly": {false, []section{{w(a), try(a), w(a)}}},
	} {
		var p oracle.Program
		for _, s := range test.program {
			p = append(p, oracle.Do(s))
		}
		var x oracle.Explorer
		require.Equal(t, test.deadlock, x.Deadlocks(p), name)
	}
}

func TestUniversesHaveTheirSizes(t *testing.T) {
	total := 0
	for i, u := range oracle.Universes() {
		require.Equal(t, []int{72, 2628, 64824, 27495, 405450}[i], u.Size(), u.Name)
		total += u.Size()
	}
	require.Equal(t, 500_469, total)
}

func TestAcquisitionsOfOneGoroutine(t *testing.T) {
	held := func(h ...oracle.Held) []oracle.Held { return h }
	g := oracle.Do(oracle.Section{w(a), try(b), r(c)}, oracle.Section{r(a), r(a), w(a), w(b)})
	require.Equal(t, []oracle.Acquisition{
		{Want: oracle.Held{Lock: a}},
		{Held: held(oracle.Held{Lock: a}, oracle.Held{Lock: b}), Want: oracle.Held{Lock: c, Read: true}},
		{Want: oracle.Held{Lock: a, Read: true}},
		{Held: held(oracle.Held{Lock: a, Read: true}), Want: oracle.Held{Lock: a, Read: true}},
		{Held: held(oracle.Held{Lock: a, Read: true}, oracle.Held{Lock: a, Read: true}), Want: oracle.Held{Lock: a}},
	}, g.Acquisitions(), "nothing follows a call that cannot return")
}
