package rule_test

import (
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/interlock-go/interlock/internal/rule"
)

func lock(inst uint32) rule.Hold { return rule.Hold{Inst: inst} }

func of(class, inst uint32) rule.Hold { return rule.Hold{Inst: inst, Class: class} }

// ask records that goroutine g wants the last of locks and holds the others, and
// returns what can be found then.
func ask(b *rule.Base, g uint64, locks ...rule.Hold) []rule.Cycle {
	last := len(locks) - 1
	id, _ := b.Intern(locks[:last], locks[last])
	b.Saw(id, g, 0)
	var r rule.Result
	b.Search(id, &r)
	return r.Cycles
}

func tiers(cycles []rule.Cycle) (t []rule.Tier) {
	for _, c := range cycles {
		t = append(t, c.Tier)
	}
	return t
}

func TestRings(t *testing.T) {
	for n := uint32(2); n <= 256; n++ {
		b := rule.Base{Budget: int(4 * n)} // linear work is enough
		for i := uint32(1); i < n; i++ {
			require.Empty(t, ask(&b, uint64(i), lock(i), lock(i+1)))
		}
		cycles := ask(&b, uint64(n), lock(n), lock(1))
		require.Equal(t, []rule.Tier{rule.Potential}, tiers(cycles), "ring of %d", n)
		require.Len(t, cycles[0].Deps, int(n))
		require.Zero(t, b.Truncated)
	}
}

func TestClasses(t *testing.T) {
	const user, session = 1, 2
	potential := []rule.Tier{rule.Potential}
	t.Run("different instances pairwise in both orders", func(t *testing.T) {
		var b rule.Base
		require.Empty(t, ask(&b, 1, of(user, 1), of(session, 2)))
		require.Equal(t, potential, tiers(ask(&b, 2, of(session, 3), of(user, 4))))
	})
	t.Run("instances of one class in one order", func(t *testing.T) {
		var b rule.Base
		for i := uint32(1); i < 50; i++ {
			require.Empty(t, ask(&b, uint64(i), of(user, i), of(user, i+1)))
		}
		require.Len(t, ask(&b, 99, of(user, 50), of(user, 1)), 1, "and the inverse is seen")
	})
	t.Run("a gate of several instances is no gate", func(t *testing.T) {
		var b rule.Base
		ask(&b, 1, of(user, 1), lock(8), lock(9))
		require.Equal(t, []rule.Tier{rule.Guarded}, tiers(ask(&b, 2, of(user, 1), lock(9), lock(8))))
		require.Equal(t, potential, tiers(ask(&b, 2, of(user, 2), lock(9), lock(8))))
	})
	t.Run("another instance counts as a change, once", func(t *testing.T) {
		var b rule.Base
		id, isNew := b.Intern([]rule.Hold{of(user, 1)}, lock(9))
		require.True(t, isNew)
		require.True(t, b.Saw(id, 1, 0))
		same, isNew := b.Intern([]rule.Hold{of(user, 2)}, lock(9))
		require.False(t, isNew)
		require.Equal(t, id, same)
		require.True(t, b.Saw(id, 1, 0))
		require.False(t, b.Saw(id, 1, 0))
	})
}

// TestDeadLocksLeaveNothing: what is learnt of locks that come and go neither
// stays nor makes later searches find cycles, or look for them.
func TestDeadLocksLeaveNothing(t *testing.T) {
	var b rule.Base
	ask(&b, 1, lock(1), lock(2))
	for i := uint32(10); i < 50_000; i += 2 {
		ask(&b, 1, lock(i), lock(i+1))
		require.NotEmpty(t, ask(&b, 2, lock(i+1), lock(i)))
		require.Equal(t, 2, b.RemoveInst(i))
		require.Zero(t, b.RemoveInst(i+1))
	}
	require.Equal(t, 1, b.Len())
	require.Equal(t, []rule.Tier{rule.Potential}, tiers(ask(&b, 2, lock(2), lock(1))), "the old inversion is still known")
}

func TestBudgetIsKeptAndCounted(t *testing.T) {
	b := rule.Base{Budget: 10}
	for i := uint32(1); i < 30; i++ {
		ask(&b, 1, lock(i), lock(i+1))
		ask(&b, 1, lock(i), lock(i+31))
		ask(&b, 1, lock(i+31), lock(i+1))
	}
	ask(&b, 1, lock(30), lock(1))
	require.NotZero(t, b.Truncated)
}

func TestMemoryOfADependency(t *testing.T) {
	const n = 100_000
	memory := func() uint64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	var b rule.Base
	before := memory()
	for i := range uint32(n) { // 1,000 locks, each held while 100 others are wanted
		b.Intern([]rule.Hold{lock(1 + i%1000)}, lock(1+(i%1000+1+i/1000)%1000))
	}
	each := (memory() - before) / n
	require.Equal(t, n, b.Len())
	t.Logf("%d bytes for each dependency", each)
	require.Less(t, each, uint64(320))
}

func BenchmarkSearchRing(bench *testing.B) {
	var b rule.Base
	for i := uint32(1); i <= 64; i++ {
		ask(&b, uint64(i), lock(i), lock(i%64+1))
	}
	var r rule.Result
	for bench.Loop() {
		b.Search(64, &r)
	}
	require.Len(bench, r.Cycles, 1)
}

func BenchmarkInternKnown(bench *testing.B) {
	var b rule.Base
	held := []rule.Hold{lock(1), lock(2)}
	b.Intern(held, lock(3))
	for bench.Loop() {
		b.Intern(held, lock(3))
	}
}
