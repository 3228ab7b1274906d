package conformance_test

import (
	"bytes"
	"encoding/json"
	"go/ast"
	"go/constant"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"
)

// inputs are command lines of lockorder check without the format.
func inputs(t *testing.T) map[string][]string {
	t.Helper()
	plain := graph(t, 5, 3, 3)
	known := filepath.Join(t.TempDir(), "known.txt")
	lockorder(t, os.Getenv("PATH"), "check", "-baseline", known, "-update", plain)
	text, err := os.ReadFile(known)
	require.NoError(t, err)
	var found struct {
		Findings []struct{ Report struct{ ID string } }
	}
	require.NoError(t, json.Unmarshal(lockorder(t, os.Getenv("PATH"), "check", "-format", "json", plain), &found))
	require.Len(t, found.Findings, 1)
	suppressed := filepath.Join(t.TempDir(), "suppressed.txt")
	lines := "lockorder-baseline 1\nsuppress " + found.Findings[0].Report.ID + " until 9999-12-31 because of \"reasons\" <&>\n" +
		"suppress 0123 until 2001-01-01 because it was fine\ndeclare cache.table0 user.table3\n"
	require.NoError(t, os.WriteFile(suppressed, []byte(lines), 0o666))
	require.Contains(t, string(text), "\norder ")

	return map[string][]string{
		"nothing found": {graph(t, 5, 9, 0)},
		"a cycle":       {plain},
		"a long cycle":  {graph(t, 30, 20, 25)},
		"hostile names": {graph(t, len(hostile), 20, len(hostile), hostile...)},
		"known":         {"-baseline", known, plain},
		"suppressed":    {"-baseline", suppressed, plain},
		"left out":      {"-skip", plain, known},
		"confirmed":     {plain, confirmation(t, plain)},
	}
}

// confirmation writes a graph file in which the first finding of another has happened.
func confirmation(t *testing.T, plain string) string {
	t.Helper()
	var found struct {
		Findings []struct{ Report map[string]any }
	}
	require.NoError(t, json.Unmarshal(lockorder(t, os.Getenv("PATH"), "check", "-format", "json", plain), &found))
	ring := found.Findings[0].Report
	ring["tier"], ring["kind"], ring["provoked"] = "deadlock", "ring", true
	ring["knot"] = []any{map[string]any{
		"goroutine": 7, "want": map[string]any{"lock": map[string]any{"id": 1, "type": "Cond"}}, "via": -1,
		"wakers": []any{map[string]any{"goroutine": 8, "gone": true}},
	}}
	text, err := json.Marshal(ring)
	require.NoError(t, err)
	name := filepath.Join(t.TempDir(), "ring.graph")
	text = append([]byte("interlock-graph 2\nprocess rerun host 9 /tmp/app.test example.com/app\nreport "), append(text, '\n')...)
	require.NoError(t, os.WriteFile(name, text, 0o666))
	out := lockorder(t, os.Getenv("PATH"), "check", "-format", "json", plain, name)
	require.Contains(t, string(out), `"confirmed": {`)
	return name
}

func TestSARIFIsValid(t *testing.T) {
	schema := sarifSchema(t)
	for name, args := range inputs(t) {
		t.Run(name, func(t *testing.T) {
			out := lockorder(t, os.Getenv("PATH"), append([]string{"check", "-format", "sarif"}, args...)...)
			value, err := jsonschema.UnmarshalJSON(bytes.NewReader(out))
			require.NoError(t, err)
			require.NoError(t, schema.Validate(value), string(out))
			report, err := sarif.FromBytes(out)
			require.NoError(t, err)

			require.Len(t, report.Runs, 1)
			if name == "nothing found" {
				require.Empty(t, report.Runs[0].Results)
				return
			}
			require.Len(t, report.Runs[0].Results, 1)
			result := report.Runs[0].Results[0]
			require.Equal(t, "error", result.Level)
			require.Equal(t, "potential", *result.RuleID)
			require.Equal(t, *result.RuleID, *report.Runs[0].Tool.Driver.Rules[result.RuleIndex].ID)
			require.GreaterOrEqual(t, len(result.CodeFlows[0].ThreadFlows), 3, "a thread for each goroutine")
			require.Equal(t, name == "suppressed", len(result.Suppressions) == 1)
		})
	}
}

// A validator that says yes to everything would do for the test above.
func TestTheValidatorSaysNo(t *testing.T) {
	out := lockorder(t, os.Getenv("PATH"), "check", "-format", "sarif", graph(t, 5, 3, 3))
	for _, wrong := range [][2]string{{`"level": "error"`, `"level": "awful"`}, {`"ruleIndex"`, `"rulesIndex"`}, {`"startLine": `, `"startLine": -`}} {
		broken := strings.ReplaceAll(string(out), wrong[0], wrong[1])
		require.NotEqual(t, string(out), broken)
		value, err := jsonschema.UnmarshalJSON(strings.NewReader(broken))
		require.NoError(t, err)
		require.Error(t, sarifSchema(t).Validate(value), wrong[1])
	}
}

// sarifSchema is the one that go-sarif has in it. Its own Validate sees what it
// would write itself, so the schema is taken out of its source.
func sarifSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	dir, err := exec.Command("go", "list", "-f", "{{.Dir}}", "github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif").Output()
	require.NoError(t, err)
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, filepath.Join(strings.TrimSpace(string(dir)), "schema.go"), nil, 0)
	require.NoError(t, err)
	pkg, err := new(types.Config).Check("sarif", fset, []*ast.File{file}, nil)
	require.NoError(t, err)
	text := constant.StringVal(pkg.Scope().Lookup("schema").(*types.Const).Val())
	return compiled(t, []byte(text))
}

func TestJSONIsValid(t *testing.T) {
	schema := compiled(t, lockorder(t, os.Getenv("PATH"), "help", "json"))
	for name, args := range inputs(t) {
		t.Run(name, func(t *testing.T) {
			out := lockorder(t, os.Getenv("PATH"), append([]string{"check", "-format", "json"}, args...)...)
			value, err := jsonschema.UnmarshalJSON(bytes.NewReader(out))
			require.NoError(t, err)
			require.NoError(t, schema.Validate(value), string(out))
			value.(map[string]any)["orders"] = "many"
			require.Error(t, schema.Validate(value))
		})
	}
}

func compiled(t *testing.T, text []byte) *jsonschema.Schema {
	t.Helper()
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	require.NoError(t, err)
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	require.NoError(t, compiler.AddResource("schema.json", document))
	schema, err := compiler.Compile("schema.json")
	require.NoError(t, err)
	return schema
}
