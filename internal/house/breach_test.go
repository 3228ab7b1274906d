package house_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/interlock-go/interlock/internal/house"
)

// Here every check is seen to fail, on an input with a planted breach, and to
// stay silent on its twin without one.

func TestImportsBreaches(t *testing.T) {
	for _, c := range []struct{ from, to, want string }{
		{"internal/rule", "internal/engine", "must not import"},
		{"internal/rule", "mutex", "must not import"},
		{"internal/rule", "lockorder", "must not import"},
		{"internal/engine", "lockorder", "must not import"},
		{"internal/engine", "internal/house", "must not import"},
		{"lockorder", "mutex", "must not import"},
		{"lockorder", "cmd/lockorder", "must not import"},
		{"mutex", "cond", "must not import"},
		{"banker/x", "mutex", "must not import"},
		{"mutexes", "internal/rule", "belongs to no layer"},
		{"cmd/lockorder", "examples/a", "must not import"},
		{"examples/a", "internal/engine", "must not import"},
		{"internal/engine", "internal/rule", ""},
		{"internal/rule", "internal/ordergraph", ""},
		{"lockorder", "internal/engine", ""},
		{"mutex", "lockorder", ""},
		{"mutex/lockshim", "mutex", ""},
		{"cmd/lockorder", "lockorder", ""},
		{"examples/a", "mutex", ""},
	} {
		t.Run(c.from+" imports "+c.to, func(t *testing.T) {
			packages := []house.Package{{ImportPath: module + "/" + c.from, Imports: []string{"time", module + "/" + c.to}}}
			requireBreach(t, c.want, house.Imports(module, layers, packages))
		})
	}
}

func TestDependenciesBreaches(t *testing.T) {
	lib, inner := module+"/mutex", module+"/internal/engine"
	for name, c := range map[string]struct {
		packages []house.Package
		want     string
	}{
		"std":     {[]house.Package{{ImportPath: inner, Imports: []string{"time"}}, {ImportPath: "time", Standard: true}}, ""},
		"outside": {[]house.Package{{ImportPath: inner, Imports: []string{"example.com/x"}}, {ImportPath: "example.com/x"}}, "pulls in " + inner + " → example.com/x"},
		"os/user": {[]house.Package{{ImportPath: inner, Imports: []string{"os/user"}}, {ImportPath: "os/user", Standard: true}}, "pulls in"},
		"cgo":     {[]house.Package{{ImportPath: inner, CgoFiles: []string{"a.go"}}}, "pulls in"},
	} {
		t.Run(name, func(t *testing.T) {
			packages := append(c.packages, house.Package{ImportPath: lib, Imports: []string{inner}})
			requireBreach(t, c.want, house.Dependencies(module, []string{lib}, forbidden, packages))
		})
	}
	requireBreach(t, "not among", house.Dependencies(module, []string{lib}, forbidden, nil))
}

func TestCompiledBreaches(t *testing.T) {
	for name, c := range map[string]struct{ file, content, want string }{
		"plain":              {"a/a.go", "package a\n", ""},
		"race":               {"a/a_race.go", "//go:build race\n\npackage a\n", ""},
		"not off":            {"a/a.go", "//go:build !interlock_off\n\npackage a\n", ""},
		"fallback":           {"a/a.go", "//go:build interlock_portable || !(amd64 || arm64)\n\npackage a\n", ""},
		"misspelt tag":       {"a/a.go", "//go:build interlock_of\n\npackage a\n", "no build"},
		"contradiction":      {"a/a.go", "//go:build interlock_off && interlock_portable\n\npackage a\n", "no build"},
		"foreign name":       {"a/a_plan9.go", "package a\n", "no build"},
		"foreign assembly":   {"a/a_s390x.s", "TEXT ·f(SB), 4, $0\n", "no build"},
		"assembly":           {"a/a_arm64.s", "TEXT ·f(SB), 4, $0\n", ""},
		"never":              {"a/a.go", "//go:build ignore\n\npackage a\n", "no build"},
		"not a source file":  {"a/a.md", "", ""},
		"go name in its end": {"a/a_test_windows.go", "package a\n", ""},
	} {
		t.Run(name, func(t *testing.T) {
			breaches, err := house.Compiled(builds, c.file, []byte(c.content))
			require.NoError(t, err)
			requireBreach(t, c.want, breaches)
		})
	}
}

func TestStrayTestsBreaches(t *testing.T) {
	const content = "package a\n\nimport \"testing\"\n\nfunc TestA(t *testing.T) {}\nfunc Check(t *testing.T) {}\n"
	breaches, err := house.StrayTests("a/a_test_windows.go", []byte(content))
	require.NoError(t, err)
	requireBreach(t, "TestA never runs", breaches)
	breaches, err = house.StrayTests("a/a_windows_test.go", []byte(content))
	require.NoError(t, err)
	require.Empty(t, breaches)
}

func TestFileBreaches(t *testing.T) {
	requireBreach(t, "unknown ending", house.KnownEnding(endings, "a/testdata/b.goldn"))
	require.Empty(t, house.KnownEnding(endings, "a/testdata/b.golden"))
	require.Empty(t, house.KnownEnding(endings, "a/b.goldn"))
	long := []byte(strings.Repeat("\n", maxLines+1))
	requireBreach(t, "351 lines", house.TooLong(maxLines, "a.go", long))
	require.Empty(t, house.TooLong(maxLines, "a.go", long[1:]))
}

func TestDocumentedBreaches(t *testing.T) {
	for name, c := range map[string]struct{ decl, want string }{
		"function":               {"func F() {}", "F is exported"},
		"documented function":    {"// F does.\nfunc F() {}", ""},
		"directive is no doc":    {"//go:noinline\nfunc F() {}", "F is exported"},
		"unexported":             {"func f() {}", ""},
		"method":                 {"// T is.\ntype T[K any] struct{}\n\nfunc (t *T[K]) M() {}", "M is exported"},
		"method of unexported":   {"type t struct{}\n\nfunc (t) M() {}", ""},
		"type":                   {"type T int", "T is exported"},
		"type in a group":        {"// Types.\ntype (\n\tT int\n)", "T is exported"},
		"constant":               {"const C = 1", "C is exported"},
		"constants, group":       {"// All.\nconst (\n\tC = iota\n\tD\n)", ""},
		"constants, each":        {"const (\n\tC = 1 // c\n\tD = 2\n)", "D is exported"},
		"field":                  {"// T is.\ntype T struct {\n\tA int // a\n\tB int\n}", "B is exported"},
		"method of an interface": {"// T is.\ntype T interface {\n\tM()\n}", "M is exported"},
	} {
		t.Run(name, func(t *testing.T) {
			breaches, err := house.Documented("a.go", []byte("package a\n\n"+c.decl+"\n"))
			require.NoError(t, err)
			requireBreach(t, c.want, breaches)
		})
	}
	require.True(t, house.HasPackageComment([]byte("// Package a is.\npackage a\n")))
	require.False(t, house.HasPackageComment([]byte("// A note.\n\npackage a\n")))
}

func TestInvisibleBreaches(t *testing.T) {
	for name, c := range map[string]struct{ decl, want string }{
		"harmless":             {"//go:norace\nfunc f(s []int) int { t := make([]int, len(s)+1); return cap(t) }", ""},
		"assembly":             {"func f()", ""},
		"no pragma":            {"func f() {}", "f lacks //go:norace"},
		"method, no pragma":    {"type t int\n\nfunc (t) m() {}", "m lacks //go:norace"},
		"whole function":       {"// f does.\n//\n//house:allow runs at start\nfunc f() { _ = map[int]int{} }", ""},
		"map":                  {"var m map[int]int", "built-in map"},
		"named map":            {"type n map[int]int //house:allow reason\n\n//go:norace\nfunc f(m n) {\n\tfor range m {\n\t}\n}", "range over a map"},
		"append":               {"//go:norace\nfunc f(s []int) []int { return append(s, 1) }", "built-in append"},
		"append of our own":    {"//go:norace\nfunc append(s []int) []int { return s }\n\n//go:norace\nfunc f(s []int) []int { return append(s) }", ""},
		"copy":                 {"//go:norace\nfunc f(s []int) { copy(s, s) }", "built-in copy"},
		"go":                   {"//go:norace\nfunc f() { go f() }", "go statement"},
		"closure":              {"//go:norace\nfunc f() { defer func() {}() }", "closure"},
		"range over func":      {"//go:norace\nfunc f(seq func(func(int) bool)) {\n\tfor range seq {\n\t}\n}", "closure of the loop"},
		"channel type":         {"type t chan int", "channel operation"},
		"receive":              {"//go:norace\nfunc f(c t) { <-c }\n\ntype t chan int //house:allow reason", "channel operation"},
		"select":               {"//go:norace\nfunc f() { select {} }", "channel operation"},
		"concatenation":        {"//go:norace\nfunc f(a string) string { return a + \"b\" }", "string concatenation"},
		"constant":             {"const c = \"a\" + \"b\"", ""},
		"concatenation, +=":    {"//go:norace\nfunc f(a string) { a += a }", "string concatenation"},
		"numbers":              {"//go:norace\nfunc f(a int) int { return a + 1 }", ""},
		"bytes of a string":    {"//go:norace\nfunc f(a string) []byte { return []byte(a) }", "copies a string"},
		"string of bytes":      {"//go:norace\nfunc f(a []byte) string { return string(a) }", "copies a string"},
		"boxed argument":       {"//go:norace\nfunc f(a any, n int) { f(n, n) }", "is no pointer"},
		"pointer argument":     {"//go:norace\nfunc f(a any, n *int) { f(n, n) }", ""},
		"boxed panic":          {"//go:norace\nfunc f(n int) { panic(n) }", "is no pointer"},
		"constant panic":       {"//go:norace\nfunc f(n int) { panic(\"a: b\") }", ""},
		"fmt":                  {"import \"fmt\"\n\n//go:norace\nfunc f() { fmt.Println() }", "use of package fmt"},
		"renamed slices":       {"import s \"slices\"\n\n//go:norace\nfunc f(a []int) { s.Sort(a) }", "use of package slices"},
		"allowed on its line":  {"//go:norace\nfunc f(s []int) { copy(s, s) } //house:allow private slice", ""},
		"allowed above":        {"//go:norace\nfunc f(s []int) {\n\t//house:allow private slice\n\tcopy(s, s)\n}", ""},
		"allow without reason": {"//go:norace\nfunc f(s []int) {\n\tcopy(s, s) //house:allow\n}", "without a reason"},
		"allow of nothing":     {"//go:norace\nfunc f(s []int) {} //house:allow private", "excuses nothing"},
	} {
		t.Run(name, func(t *testing.T) {
			requireBreach(t, c.want, checkSource(t, house.Invisible{}, "package a\n\n"+c.decl+"\n"))
		})
	}
}

func TestInvisibleExemptAndTouching(t *testing.T) {
	const src = "package a\n\nimport \"x/engine\"\n\nfunc touches() { engine.F() }\n\nfunc other() { _ = map[int]int{} }\n"
	requireBreach(t, "touches lacks", checkSource(t, house.Invisible{Touching: "x/engine"}, src))
	require.Empty(t, checkSource(t, house.Invisible{Exempt: map[string]string{"a.go": "reason"}}, src))
}

func checkSource(t *testing.T, v house.Invisible, src string) []house.Breach {
	fset, files, info, err := house.Source("a.go", src)
	require.NoError(t, err)
	return v.Check(fset, files, info)
}

// requireBreach wants exactly one breach with the words, or none for "".
func requireBreach(t *testing.T, want string, breaches []house.Breach) {
	t.Helper()
	if want == "" {
		require.Empty(t, breaches)
		return
	}
	require.Len(t, breaches, 1)
	require.Contains(t, breaches[0].String(), want)
}
