package lockorder_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/interlock-go/interlock/lockorder"
)

var update = flag.Bool("update", false, "write the golden files")

func requireGolden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, []byte(got), 0o644))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, string(want), got)
}

func TestTextOfEveryKindMatchesItsGoldenFile(t *testing.T) {
	known := map[string]bool{}
	for name, r := range examples() {
		known[name+".txt"] = true
		t.Run(name, func(t *testing.T) {
			requireGolden(t, filepath.Join("text", name+".txt"), lockorder.Explain(r).String())
		})
	}
	files, err := os.ReadDir(filepath.Join("testdata", "text"))
	require.NoError(t, err)
	for _, f := range files {
		require.True(t, known[f.Name()], "testdata/text/%s belongs to no test", f.Name())
	}
}

func TestEveryTierAndKindHasAnExample(t *testing.T) {
	tiers, kinds := map[lockorder.Tier]bool{}, map[lockorder.Kind]bool{}
	for _, r := range examples() {
		tiers[r.Tier], kinds[r.Kind] = true, true
	}
	require.Len(t, tiers, 7)
	require.Len(t, kinds, 8)
}

// What a reader greps for, and what a log collector folds.
func TestFirstLineAloneIsNotIndented(t *testing.T) {
	for name, r := range examples() {
		t.Run(name, func(t *testing.T) {
			r := lockorder.Explain(r)
			lines := strings.Split(strings.TrimSuffix(r.String(), "\n"), "\n")
			require.Equal(t, "interlock: "+r.Tier.String()+": "+r.Summary, lines[0])
			for _, l := range lines[1:] {
				require.Regexp(t, `^  +\S`, l)
				require.NotRegexp(t, `\s$`, l)
			}
		})
	}
}

func TestTextNamesEveryPlaceOfTheCycle(t *testing.T) {
	for name, r := range examples() {
		t.Run(name, func(t *testing.T) {
			text := lockorder.Explain(r).String()
			for _, e := range r.Edges {
				for _, h := range append(e.Held, e.Want) {
					for _, f := range h.Stack[:min(1, len(h.Stack))] {
						if printableASCII(f.File) {
							require.Contains(t, text, filepath.Base(f.File)+":"+lineOf(f))
						}
					}
				}
			}
		})
	}
}

func TestJSONComesBackAsItWent(t *testing.T) {
	for name, r := range examples() {
		t.Run(name, func(t *testing.T) {
			r := lockorder.Explain(r)
			data, err := json.Marshal(r)
			require.NoError(t, err)
			var back lockorder.Report
			require.NoError(t, json.Unmarshal(data, &back))
			require.Equal(t, r, back)
			require.Equal(t, r.String(), back.String())
		})
	}
}

// The names of the fields are a promise to whoever stores reports.
func TestJSONFieldNamesAreStable(t *testing.T) {
	var pretty bytes.Buffer
	data, err := json.Marshal(lockorder.Explain(examples()["needs-writer-inversion"]))
	require.NoError(t, err)
	require.NoError(t, json.Indent(&pretty, data, "", "  "))
	requireGolden(t, "report.json", pretty.String()+"\n")
}

func TestTierNamesRoundTrip(t *testing.T) {
	for tier := lockorder.Deadlock; tier <= lockorder.Hazard; tier++ {
		text, err := tier.MarshalText()
		require.NoError(t, err)
		var back lockorder.Tier
		require.NoError(t, back.UnmarshalText(text))
		require.Equal(t, tier, back)
	}
	_, err := lockorder.Tier(0).MarshalText()
	require.Error(t, err)
	require.Error(t, new(lockorder.Tier).UnmarshalText([]byte("Deadlock")))
	require.Equal(t, "tier(9)", lockorder.Tier(9).String())
}
