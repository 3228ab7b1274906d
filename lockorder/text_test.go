package lockorder_test

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/interlock-go/interlock/lockorder"
)

func anyLock(t *rapid.T) lockorder.Lock {
	return lockorder.Lock{
		ID:    rapid.Uint64Range(0, 4).Draw(t, "id"),
		Class: rapid.OneOf(rapid.Just(""), rapid.String()).Draw(t, "class"),
		Type:  rapid.OneOf(rapid.SampledFrom([]string{"Mutex", "RWMutex", "Once", "Cond"}), rapid.String()).Draw(t, "type"),
	}
}

func anyHold(t *rapid.T) lockorder.Hold {
	h := lockorder.Hold{Lock: anyLock(t), Read: rapid.Bool().Draw(t, "read")}
	for range rapid.IntRange(0, 3).Draw(t, "frames") {
		h.Stack = append(h.Stack, lockorder.Frame{
			Func: rapid.String().Draw(t, "func"), File: rapid.String().Draw(t, "file"), Line: rapid.Int().Draw(t, "line"),
		})
	}
	return h
}

func anyReport(t *rapid.T) lockorder.Report {
	r := lockorder.Report{
		Tier: lockorder.Tier(rapid.IntRange(1, 7).Draw(t, "tier")),
		Kind: rapid.OneOf(rapid.SampledFrom([]lockorder.Kind{
			lockorder.KindInversion, lockorder.KindSelf, lockorder.KindRing, lockorder.KindDeclaredOrder,
			lockorder.KindClassNesting, lockorder.KindWaitHolding, lockorder.KindHeldAtExit, lockorder.KindLongWait,
		}), rapid.Custom(func(t *rapid.T) lockorder.Kind { return lockorder.Kind(rapid.String().Draw(t, "name")) })).Draw(t, "kind"),
		ID: rapid.String().Draw(t, "ID"), Rule: rapid.String().Draw(t, "rule"),
		Overlap: rapid.Bool().Draw(t, "overlap"), Refused: rapid.Bool().Draw(t, "refused"),
	}
	for range rapid.IntRange(0, 3).Draw(t, "edges") {
		e := lockorder.Edge{
			Goroutine: rapid.Uint64().Draw(t, "goroutine"), Want: anyHold(t), Via: rapid.IntRange(-2, 3).Draw(t, "via"),
			Phase: rapid.String().Draw(t, "phase"), State: rapid.OneOf(rapid.Just(""), rapid.String()).Draw(t, "state"),
		}
		for range rapid.IntRange(0, 2).Draw(t, "held") {
			e.Held = append(e.Held, anyHold(t))
		}
		r.Edges = append(r.Edges, e)
	}
	for range rapid.IntRange(0, 1).Draw(t, "gates") {
		r.Gates = append(r.Gates, anyLock(t))
	}
	return r
}

func requireTidy(t *rapid.T, text string) {
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	require.True(t, strings.HasPrefix(lines[0], "interlock: "))
	for _, l := range lines[1:] {
		require.True(t, strings.HasPrefix(l, "  "), "%q", l)
	}
	for _, c := range strings.ReplaceAll(text, "\n", "") {
		require.True(t, unicode.IsPrint(c), "%q in %q", c, text)
	}
}

// A finding that has no ID yet says none.
func TestTextWithoutAnID(t *testing.T) {
	r := lockorder.Explain(examples()["potential"])
	require.Contains(t, r.String(), "\n  id: 00c0ffee00c0ffee\n")
	r.ID = ""
	require.NotContains(t, r.String(), "id:")
}

// Whatever names a program has, and whatever a stored report says: no name
// begins a line, colours a terminal or brings the formatter down.
func TestTextIsTidyWhateverItIsMadeOf(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := lockorder.Explain(anyReport(t))
		requireTidy(t, r.String())

		data, err := json.Marshal(r)
		require.NoError(t, err)
		var back lockorder.Report
		require.NoError(t, json.Unmarshal(data, &back))
		require.Equal(t, r.String(), back.String())

		r.Summary, r.Why = rapid.String().Draw(t, "summary"), rapid.String().Draw(t, "why")
		r.Advice = []lockorder.Advice{{Breaks: lockorder.Condition(rapid.String().Draw(t, "breaks")), Text: rapid.String().Draw(t, "text")}}
		requireTidy(t, r.String())
	})
}
