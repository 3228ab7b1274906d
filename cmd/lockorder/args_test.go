package main

import (
	"bytes"
	"cmp"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestParseArgs(t *testing.T) {
	for line, want := range map[string]goArgs{
		"":      {packages: []string{"."}},
		"./...": {handed: fields("./..."), packages: fields("./...")},
		"-race -run X -v ./a ./b": {
			handed: fields("-race -run X -v ./a ./b"), packages: fields("./a ./b"), list: fields("-race"),
		},
		"./a -tags x,y --count=3": {
			handed: fields("./a -tags x,y --count=3"), packages: fields("./a"), list: fields("-tags=x,y"), counted: true,
		},
		"./a -v ./b":           {handed: fields("./a -v ./b"), packages: fields("./a")},
		"-unknown v ./a":       {handed: fields("-unknown v ./a"), packages: fields(".")},
		"./a -args -fail x -v": {handed: fields("./a -args -fail x -v"), packages: fields("./a")},
		"-json=false ./a":      {handed: fields("-json=false ./a"), packages: fields("./a")},
		"-json -test.run X":    {handed: fields("-json -test.run X"), packages: fields("."), json: true},
		"-coverpkg ./... ./a":  {handed: fields("-coverpkg ./... ./a"), packages: fields("./a"), covered: true},
		"-mod=vendor -modfile m -overlay=o -C d -toolexec t ./a": {
			handed: fields("./a"), packages: fields("./a"), mod: "vendor", modfile: "m", overlay: "o", dir: "d", toolexec: "t",
		},
		"-plain a,b/... -graph g ./a -plain=c": {
			handed: fields("./a"), packages: fields("./a"), plain: fields("a b/... c"), graph: "g",
		},
		"-confirm -p 3 -exec x ./a":     {handed: fields("-p 3 ./a"), packages: fields("./a"), confirm: true, parallel: 3, exec: "x"},
		"-confirm-runs 7 ./a":           {handed: fields("./a"), packages: fields("./a"), confirm: true, confirmRuns: 7},
		"-confirm=false -confirmed ./a": {handed: fields("-confirmed ./a"), packages: fields(".")},
	} {
		t.Run(line, func(t *testing.T) {
			got, err := parseArgs("test", strings.Fields(line))
			require.NoError(t, err)
			want.verb, want.fail = "test", defaultFail
			want.confirmRuns = cmp.Or(want.confirmRuns, 20)
			require.Equal(t, &want, got)
		})
	}
}

func TestRunTakesAPackageAndLeavesTheRest(t *testing.T) {
	p, err := parseArgs("run", fields("-race -deps x/... ./cmd -fail none -deps"))
	require.NoError(t, err)
	require.Equal(t, fields("-race ./cmd -fail none -deps"), p.handed)
	require.Equal(t, fields("./cmd"), p.packages)
	require.Equal(t, fields("x/..."), p.deps)

	p, err = parseArgs("run", fields("a.go b.go c d.go"))
	require.NoError(t, err)
	require.Equal(t, fields("a.go b.go"), p.packages)
	require.Equal(t, fields("a.go b.go c d.go"), p.handed)
}

func TestBuildHasNoFindings(t *testing.T) {
	p, err := parseArgs("build", fields("-classes c -trimpath -o app -fail ./..."))
	require.NoError(t, err)
	require.Equal(t, "c", p.classes)
	require.True(t, p.trimmed)
	require.Equal(t, fields("-trimpath -o app -fail ./..."), p.handed)
}

func TestConfirmIsOfTestOnly(t *testing.T) {
	p, err := parseArgs("build", fields("-confirm ./..."))
	require.NoError(t, err)
	require.Equal(t, fields("-confirm ./..."), p.handed)
	_, err = parseArgs("test", fields("-confirm-runs many"))
	require.ErrorContains(t, err, `"many" is no number of reruns`)
}

func fields(list string) []string { return strings.Fields(list) }

func TestFailTakesTiers(t *testing.T) {
	p, err := parseArgs("test", []string{"-fail", "deadlock, guarded"})
	require.NoError(t, err)
	require.Equal(t, []string{"deadlock", "guarded"}, p.fail)
	p, err = parseArgs("test", []string{"-fail=none"})
	require.NoError(t, err)
	require.Empty(t, p.fail)
}

// A flag that a later go test has would be taken for one of the test binary,
// and the packages after it would not be seen.
func TestEveryFlagOfGoTestIsKnown(t *testing.T) {
	var help bytes.Buffer
	for _, topic := range []string{"build", "testflag", "test"} {
		out, err := exec.Command("go", "help", topic).Output()
		require.NoError(t, err)
		help.Write(out)
	}
	flags := regexp.MustCompile(`(?m)^\t-([a-z]+)( \S+)?`).FindAllStringSubmatch(help.String(), -1)
	require.Greater(t, len(flags), 50)
	for _, flag := range flags {
		name, hasValue := flag[1], flag[2] != ""
		if name == "args" {
			continue
		}
		require.True(t, boolFlags[name] || valueFlags[name], "-%s", name)
		require.Equal(t, hasValue, valueFlags[name], "-%s has a value", name)
	}
	for verb, flags := range ownFlags {
		for name := range flags {
			require.False(t, boolFlags[name] || valueFlags[name], "-%s of %s is the go command's", name, verb)
		}
	}
}
