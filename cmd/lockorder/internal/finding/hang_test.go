package finding_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/interlock-go/interlock/cmd/lockorder/internal/finding"
	"github.com/interlock-go/interlock/cmd/lockorder/internal/interleaving"
	"github.com/interlock-go/interlock/internal/graphfile"
	"github.com/interlock-go/interlock/internal/rule"
	"github.com/interlock-go/interlock/lockorder"
)

// Whatever cycle the rule finds, its interleaving is one that Go's locks allow, and
// at its end all wait: nobody locks what another has, and each has asked for what
// somebody keeps.
func TestInterleavingsHang(t *testing.T) {
	names := rapid.SampledFrom([]string{"a", "b", "c", "d", "ra", "rb", "rc"})
	rapid.Check(t, func(rt *rapid.T) {
		var p program
		for g := range rapid.IntRange(2, 6).Draw(rt, "processes") {
			var orders []string
			for range rapid.IntRange(1, 2).Draw(rt, "orders") {
				held := rapid.SliceOfNDistinct(names, 0, 2, func(s string) string { return s[len(s)-1:] }).Draw(rt, "held")
				orders = append(orders, fmt.Sprintf("%d:%s>%s", g+1, strings.Join(held, " "), names.Draw(rt, "want")))
			}
			p = append(p, orders)
		}
		for _, r := range acrossOf(p.graph(t)) {
			if r.Tier == lockorder.Potential {
				requireHang(rt, r)
			}
		}
	})
}

// requireHang plays the report's schedule with readers, writers and the queue of a
// RWMutex. Locks of one class that are not in the cycle are different ones: the
// rule takes no class for a gate.
func requireHang(t require.TestingT, r lockorder.Report) {
	steps, _ := interleaving.Of(r)
	inside := map[uint64]map[int]rule.Mode{} // lock → goroutine → mode
	queued := map[uint64]int{}               // writers that wait
	next := make([]int, len(r.Edges))
	for _, s := range steps {
		e := r.Edges[s.Index]
		asks := next[s.Index] == len(e.Held)
		h := e.Want
		if !asks {
			h = e.Held[next[s.Index]]
			if next[s.Index] != e.Via {
				h.Lock.ID += uint64(1000 * (s.Index + 1))
			}
		}
		next[s.Index]++
		mode := modeOf(finding.FileHold(h))
		blocked := mode == rule.Read && queued[h.Lock.ID] > 0
		for _, other := range inside[h.Lock.ID] {
			blocked = blocked || mode == rule.Write || other == rule.Write
		}
		require.Equal(t, asks, blocked, "%v of %v", s, r)
		if blocked && mode == rule.Write {
			queued[h.Lock.ID]++
		}
		if !blocked {
			if inside[h.Lock.ID] == nil {
				inside[h.Lock.ID] = map[int]rule.Mode{}
			}
			inside[h.Lock.ID][s.Index] = mode
		}
	}
	for i, n := range next {
		require.Equal(t, len(r.Edges[i].Held)+1, n)
	}
}

func modeOf(h graphfile.Hold) rule.Mode {
	if h.Mode == rule.Read.String() {
		return rule.Read
	}
	return rule.Write
}
