//go:build !interlock_off

package rival_test

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/interlock-go/interlock/lockorder"
)

var update = flag.Bool("update", false, "write the page instead of comparing it")

const page = "../../docs/rival.md"

// The page has the tables of the tests, whose cells the tests hold, and the counts of its random programs, which
// are made anew here unless that takes too long.
func TestPage(t *testing.T) {
	written, err := os.ReadFile(page)
	require.NoError(t, err)
	_, counts, _ := section(t, string(written), "counts")
	if amount(pagePrograms) == pagePrograms {
		counts = randomTable(t)
	}
	want := string(written)
	for name, content := range map[string]string{
		"versions": versions(t), "counts": counts, "scenarios": scenarioTable(), "manners": mannerTable(),
	} {
		before, _, after := section(t, want, name)
		want = before + content + after
	}
	if *update {
		require.NoError(t, os.WriteFile(page, []byte(want), 0o644))
		return
	}
	require.Equal(t, want, string(written), "run: go test ./internal/rival -run TestPage -update")
}

// section cuts the text around what stands between the marks of that name.
func section(t *testing.T, text, name string) (before, content, after string) {
	t.Helper()
	const end = "<!-- end -->"
	mark := "<!-- " + name + " -->\n"
	before, rest, ok := strings.Cut(text, mark)
	require.True(t, ok, "the page has no section %s", name)
	content, after, ok = strings.Cut(rest, end)
	require.True(t, ok, "section %s has no end", name)
	return before + mark, content, end + after
}

func versions(t *testing.T) string {
	t.Helper()
	out, err := exec.Command("go", "list", "-m", "github.com/sasha-s/go-deadlock").Output()
	require.NoError(t, err)
	module, version, _ := strings.Cut(strings.TrimSpace(string(out)), " ")
	return fmt.Sprintf("Compared with `%s` %s.\n", module, version)
}

func randomTable(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	b.WriteString("| kind | programs | can deadlock | go-deadlock reports | interlock reports | need a writer | go-deadlock reports | interlock reports " +
		"| neither | go-deadlock reports | interlock reports | undecided |\n|---|---|---|---|---|---|---|---|---|---|---|---|\n")
	for _, g := range generators {
		r := differ(t, g.program, g.exact, pageSeed, pagePrograms)
		t.Logf("seed %d, %s: %v", pageSeed, g.name, r)
		fmt.Fprintf(&b, "| %s | %d | %d | %d | %d | %d | %d | %d | %d | %d | %d | %d |\n", g.name, r.programs,
			r.deadlock, r.found, r.ourFound, r.needsWriter, r.warned, r.needsWriter-r.ourUnwarned,
			r.programs-r.deadlock-r.needsWriter-r.undecided, r.alarms, r.ourAlarms, r.undecided)
	}
	return b.String()
}

func scenarioTable() string {
	var b strings.Builder
	b.WriteString("| scenario | program | truth | interlock | go-deadlock | |\n|---|---|---|---|---|---|\n")
	for _, c := range scenarios {
		program := "`" + strings.ReplaceAll(c.program, "|", "\\|") + "`"
		if c.order != "" {
			program += " in the order " + strings.ReplaceAll(c.order, " ", "")
		}
		truth := c.truth
		if c.byHand != "" {
			truth += " (by hand: " + c.byHand + ")"
		}
		remarks := append(remark("interlock", c.truth, c.ours), remark("go-deadlock", c.truth, c.rival)...)
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s |\n", c.name, program, truth, c.ours, c.rival, strings.Join(remarks, "; "))
	}
	return b.String()
}

// remark names a miss or a false alarm. What interlock lists without failing is no alarm.
func remark(who, truth, verdict string) []string {
	reported := verdict != none && verdict != lockorder.Guarded.String() && verdict != lockorder.Ordered.String()
	switch {
	case truth == none && reported:
		return []string{who + ": false alarm"}
	case truth != none && !reported:
		return []string{who + ": missed"}
	}
	return nil
}

func mannerTable() string {
	var b strings.Builder
	b.WriteString("| | interlock | go-deadlock |\n|---|---|---|\n")
	for _, m := range manners {
		fmt.Fprintf(&b, "| %s | %s | %s |\n", m.name, m.ours, m.rival)
	}
	return b.String()
}
