package main

import (
	"fmt"
	"path"
	"regexp"
	"strings"
)

// A subject is a module to audit.
type subject struct {
	module, version string
	packages        []string // patterns, from the module's root
	skip            string   // tests left out, for go test's -skip: those that wait longest
}

func (s subject) String() string {
	text := s.module + "@" + s.version + " " + strings.Join(s.packages, " ")
	if s.skip != "" {
		text += " -skip " + s.skip
	}
	return text
}

// name is short and good for a file: the last element of the path and of each package.
func (s subject) name() string {
	elements := strings.Split(s.module, "/")
	if n := len(elements); majorVersion.MatchString(elements[n-1]) {
		elements = elements[:n-1]
	}
	var name strings.Builder
	name.WriteString(elements[len(elements)-1])
	for _, pattern := range s.packages {
		if last := path.Base(strings.TrimSuffix(pattern, "/...")); last != "." {
			name.WriteString("-" + last)
		}
	}
	return name.String()
}

var majorVersion = regexp.MustCompile(`^v[0-9]+$`)

var subjects = []subject{
	{module: "go.etcd.io/raft/v3", version: "v3.7.0", packages: []string{"./..."}},
	{module: "github.com/dgraph-io/ristretto/v2", version: "v2.4.2", packages: []string{"./..."}, skip: "TTL|TestCacheMaxCost|TestTree"},
	{module: "github.com/hashicorp/memberlist", version: "v0.7.0", packages: []string{"./..."}, skip: "TestSuspicion_Timer"},
	{module: "github.com/golang/groupcache", version: "v0.0.0-20241129210726-2c02b8208cf8", packages: []string{"./..."}},
	{module: "google.golang.org/grpc", version: "v1.85.0", packages: []string{"."}},
	{module: "google.golang.org/grpc", version: "v1.85.0", packages: []string{"./internal/transport", "./balancer/pickfirst/..."}},
	{module: "github.com/hashicorp/serf", version: "v0.10.2", packages: []string{"./..."}},
	{module: "github.com/cockroachdb/pebble", version: "v1.1.5", packages: []string{"./record"}},
}

// parseSubject reads module@version and the packages, all of them if none is given.
func parseSubject(args []string) (subject, error) {
	module, version, ok := strings.Cut(args[0], "@")
	if !ok || module == "" || version == "" {
		return subject{}, fmt.Errorf("%q is not module@version", args[0])
	}
	packages := args[1:]
	if len(packages) == 0 {
		packages = []string{"./..."}
	}
	return subject{module: module, version: version, packages: packages}, nil
}
