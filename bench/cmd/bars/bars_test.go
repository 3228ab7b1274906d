package main

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// fake answers like the benchmarks, with the values in seconds per operation.
func fake(values map[string][]float64) func(string) (map[key]float64, error) {
	calls := map[string]int{}
	return func(name string) (map[key]float64, error) {
		v := values[name]
		calls[name]++
		return map[key]float64{{name, "sec/op"}: v[(calls[name]-1)%len(v)]}, nil
	}
}

func ratioBar(limit float64) bar {
	return bar{name: "x", limit: limit, unit: "×", figure: ratio, needs: []key{{"a/impl=i", "sec/op"}, {"a/impl=s", "sec/op"}}}
}

func TestFigureIsMedianOfRatiosWithinARound(t *testing.T) {
	// The machine slows down tenfold in rounds 4 to 6: both sides do.
	verdicts, err := decide([]bar{ratioBar(1.5)}, 6, fake(map[string][]float64{
		"a/impl=i": {12, 12, 12, 120, 120, 120}, "a/impl=s": {10, 10, 10, 100, 100, 100},
	}))
	require.NoError(t, err)
	require.InDelta(t, 1.2, verdicts[0].figure.Center, 1e-9)
	require.True(t, verdicts[0].kept)
	require.False(t, verdicts[0].open)
}

func TestMissIsMarked(t *testing.T) {
	verdicts, err := decide([]bar{ratioBar(1.5)}, 6, fake(map[string][]float64{"a/impl=i": {16e-9}, "a/impl=s": {10e-9}}))
	require.NoError(t, err)
	var out strings.Builder
	kept, err := write(&out, verdicts)
	require.NoError(t, err)
	require.False(t, kept)
	require.Regexp(t, `x +1\.60× .*≤ 1\.5× +MISS +i 16\.0+ns, s 10\.0+ns`, out.String())
}

func TestCloseBarGetsMoreRounds(t *testing.T) {
	runs := 0
	values := fake(map[string][]float64{"a/impl=i": {10, 20}, "a/impl=s": {10}})
	verdicts, err := decide([]bar{ratioBar(1.5)}, 6, func(name string) (map[key]float64, error) {
		runs++
		return values(name)
	})
	require.NoError(t, err)
	require.True(t, verdicts[0].open)
	require.Equal(t, 2*6*4, runs)
}

func TestMissingFigureIsAnError(t *testing.T) {
	_, err := judge(ratioBar(1), []map[key]float64{{{"a/impl=i", "sec/op"}: 1}})
	require.ErrorContains(t, err, "no round has all of [{a/impl=i sec/op} {a/impl=s sec/op}]")
	b := ratioBar(1)
	b.rivals = []key{{"a/impl=r", "sec/op"}}
	_, err = judge(b, []map[key]float64{{b.needs[0]: 1, b.needs[1]: 1}})
	require.ErrorContains(t, err, "a/impl=r reports no sec/op")
}

// Extra rounds for one bar may measure a part of what another needs.
func TestPartialRoundsArePassedOver(t *testing.T) {
	b := ratioBar(1)
	v, err := judge(b, []map[key]float64{{b.needs[0]: 1, b.needs[1]: 2}, {b.needs[0]: 100}})
	require.NoError(t, err)
	require.InDelta(t, 0.5, v.figure.Center, 1e-9)
}

func TestParse(t *testing.T) {
	values, err := parse("x", []byte("goos: linux\nBenchmarkX-2 \t 10\t 4 ns/op\t 0 MB\t 0 B/op\t 1 allocs/op\nPASS\n"))
	require.NoError(t, err)
	require.Equal(t, map[key]float64{{"x", "sec/op"}: 4e-9, {"x", "B"}: 0, {"x", "B/op"}: 0, {"x", "allocs/op"}: 1}, values)
	_, err = parse("x", []byte("PASS\n"))
	require.Error(t, err)
}

func TestComparedBenchmarksFollowEachOther(t *testing.T) {
	names := benchmarks(allBars())
	seen := map[string]bool{}
	last := ""
	for _, n := range names {
		if o := operation(n); o != last {
			require.False(t, seen[o], "%s stands apart from the others of %s", n, o)
			seen[o], last = true, o
		}
	}
}

// The README has a row with the command and the limit of every bar.
func TestReadmeNamesEveryBar(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	require.NoError(t, err)
	for _, b := range allBars() {
		row := fmt.Sprintf("| %s | ≤ %g%s | `go run ./cmd/bars -run '^%s$'` |\n", b.says, b.limit, b.unit, b.name)
		require.Contains(t, string(readme), row)
		bars, err := selected("^" + b.name + "$")
		require.NoError(t, err)
		require.Len(t, bars, 1)
	}
}
