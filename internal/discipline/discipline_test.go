package discipline_test

import (
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/interlock-go/interlock/internal/discipline"
)

func TestVerdicts(t *testing.T) {
	var all discipline.Classes
	class := func(n discipline.Nest) uint32 { return all.New("", n) }
	free, never := class(discipline.Any), class(discipline.None)
	byAddress, byRank := class(discipline.Address), class(discipline.Rank)
	first, second, third := class(discipline.Any), class(discipline.Any), class(discipline.Any)
	exempted := class(discipline.Any)
	require.True(t, all.Order(first, second))
	require.True(t, all.Order(second, third))
	all.Exempt(exempted, free)
	all.Exempt(exempted, never)
	all.Exempt(exempted, exempted)
	all.Exempt(third, second)
	lock := func(id uint64, class uint32, place int) discipline.Member {
		return discipline.Member{ID: id, Class: class, Address: uintptr(1000 + place), Rank: int64(place)}
	}
	for _, c := range []struct {
		name       string
		held, want discipline.Member
		verdict    discipline.Verdict
	}{
		{"no classes", lock(1, 0, 0), lock(2, 0, 0), discipline.Silent},
		{"held has none", lock(1, 0, 0), lock(2, never, 0), discipline.Silent},
		{"wanted has none", lock(1, never, 0), lock(2, 0, 0), discipline.Silent},
		{"the same lock", lock(1, never, 0), lock(1, never, 0), discipline.Silent},
		{"classes that nobody ordered", lock(1, free, 0), lock(2, never, 0), discipline.Silent},
		{"any nesting", lock(1, free, 1), lock(2, free, 0), discipline.Silent},
		{"no nesting", lock(1, never, 0), lock(2, never, 1), discipline.Misnested},
		{"up by address", lock(1, byAddress, 0), lock(2, byAddress, 1), discipline.Vouched},
		{"down by address", lock(1, byAddress, 1), lock(2, byAddress, 0), discipline.Misnested},
		{"up by rank", lock(1, byRank, -1), lock(2, byRank, 1), discipline.Vouched},
		{"down by rank", lock(1, byRank, 1), lock(2, byRank, -1), discipline.Misnested},
		{"equal ranks", lock(1, byRank, 1), lock(2, byRank, 1), discipline.Misnested},
		{"as declared", lock(1, first, 0), lock(2, second, 0), discipline.Silent},
		{"against", lock(1, second, 0), lock(2, first, 0), discipline.Against},
		{"against, by way of another", lock(1, third, 0), lock(2, first, 0), discipline.Against},
		{"exempt", lock(1, exempted, 0), lock(2, free, 0), discipline.Vouched},
		{"exempt one way only", lock(1, free, 0), lock(2, exempted, 0), discipline.Silent},
		{"exempt and against all the same", lock(1, third, 0), lock(2, second, 0), discipline.Against},
		{"exempt within the class", lock(1, exempted, 0), lock(2, exempted, 0), discipline.Vouched},
	} {
		t.Run(c.name, func(t *testing.T) {
			require.Equal(t, c.verdict, all.Verdict(c.held, c.want))
		})
	}
}

func TestOrderRefusesCycles(t *testing.T) {
	var all discipline.Classes
	a, b, c := all.New("a", discipline.Any), all.New("b", discipline.Any), all.New("c", discipline.Any)
	require.True(t, all.Order(a, b))
	require.True(t, all.Order(b, c))
	require.True(t, all.Order(a, b), "again")
	require.False(t, all.Order(c, a))
	require.False(t, all.Order(a, a))
	require.True(t, all.Order(a, c), "what follows from the others")
	held, want := discipline.Member{ID: 1, Class: a}, discipline.Member{ID: 2, Class: c}
	require.Equal(t, discipline.Silent, all.Verdict(held, want), "what was refused is not declared")
	require.Equal(t, discipline.Against, all.Verdict(want, held))
}

func TestNamesAndKindsStayWhenTheTableGrows(t *testing.T) {
	var all discipline.Classes
	require.Empty(t, all.Name(0))
	var numbers []uint32
	for i := range 100 {
		n := all.New(string(rune('a'+i)), discipline.Any)
		all.SetKind(n, uint32(i))
		numbers = append(numbers, n)
	}
	for i, n := range numbers {
		require.Equal(t, string(rune('a'+i)), all.Name(n))
		require.EqualValues(t, i, all.Kind(n))
	}
}

func TestSites(t *testing.T) {
	pc, file, line, _ := runtime.Caller(0)
	var sites discipline.Sites
	require.Zero(t, sites.At(pc), "nothing is declared")
	sites.Set(file, line, 7)
	require.EqualValues(t, 7, sites.At(pc))
	require.EqualValues(t, 7, sites.At(pc), "from memory")
	elsewhere, _, _, _ := runtime.Caller(0)
	require.Zero(t, sites.At(elsewhere))
	require.Zero(t, sites.At(elsewhere), "from memory")
	require.Zero(t, sites.At(0))
	require.Zero(t, sites.At(1), "in no function")
}
