package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// testArgs is a command line of lockorder test, taken apart as far as needed.
type testArgs struct {
	goTest   []string // what go test gets, in the order given
	packages []string // the patterns among them
	list     []string // the flags among them that decide which files are built

	dir              string // -C
	modfile, overlay string
	toolexec         string
	json, counted    bool // -json and -count were given
	covered          bool // one of the flags for coverage was

	fail  []string // tiers
	plain []string
	graph string
}

var defaultFail = []string{"deadlock", "potential", "needs-writer", "violation"}

// tiers from the gravest down, as findings are printed.
var tiers = []string{"deadlock", "potential", "needs-writer", "violation", "guarded", "ordered", "hazard"}

// The flags of go test and go build as of Go 1.26. A flag that is in neither
// list is taken for one of the test binary, as go test does.
var (
	boolFlags = words(`a artifacts asan benchmem buildvcs c cover failfast fullpath json linkshared modcacherw
		msan n race short trimpath v work x`)
	valueFlags = words(`C asmflags bench benchtime blockprofile blockprofilerate buildmode compiler count covermode
		coverpkg coverprofile cpu cpuprofile debug-actiongraph debug-runtime-trace debug-trace exec fuzz fuzzcachedir
		fuzzminimizetime fuzztime gccgoflags gcflags installsuffix ldflags list memprofile memprofilerate mod modfile
		mutexprofile mutexprofilefraction o outputdir overlay p parallel pgo pkgdir run shuffle skip tags timeout
		toolexec trace vet`)
	ownFlags = words("fail plain graph")
	// listFlags decide, by tags or otherwise, which files a package has.
	listFlags = words("asan compiler installsuffix msan race tags")
)

func words(list string) map[string]bool {
	set := map[string]bool{}
	for word := range strings.FieldsSeq(list) {
		set[word] = true
	}
	return set
}

// parseArgs follows go test: the packages are the first arguments in a row that
// are no flags, and what comes after them or after a flag that it does not know
// is for the test binary.
func parseArgs(args []string) (*testArgs, error) {
	p := &testArgs{fail: defaultFail}
	listEnded := false
	for len(args) > 0 {
		arg := args[0]
		args = args[1:]
		if arg == "-args" || arg == "--args" {
			p.goTest = append(append(p.goTest, arg), args...)
			break
		}
		name, value, hasValue := splitFlag(arg)
		if name == "" {
			if !listEnded {
				p.packages = append(p.packages, arg)
			}
			p.goTest = append(p.goTest, arg)
			continue
		}
		short := strings.TrimPrefix(name, "test.")
		listEnded = listEnded || len(p.packages) > 0
		switch {
		case valueFlags[short] || ownFlags[name]:
			given := []string{arg}
			if !hasValue {
				if len(args) == 0 {
					return nil, fmt.Errorf("flag -%s needs a value", name)
				}
				value, args = args[0], args[1:]
				given = append(given, value)
			}
			if err := p.value(short, value, given); err != nil {
				return nil, err
			}
		case boolFlags[short]:
			p.bool(short, value, arg)
		default:
			listEnded = true
			p.goTest = append(p.goTest, arg)
		}
	}
	if len(p.packages) == 0 {
		p.packages = []string{"."}
	}
	return p, nil
}

// splitFlag returns no name for what is no flag.
func splitFlag(arg string) (name, value string, hasValue bool) {
	name, ok := strings.CutPrefix(arg, "-")
	if !ok || name == "" || name == "-" {
		return "", "", false
	}
	name, value, hasValue = strings.Cut(strings.TrimPrefix(name, "-"), "=")
	return name, value, hasValue
}

// value takes in a flag that has one; given is how it was written.
func (p *testArgs) value(name, value string, given []string) error {
	switch name {
	case "C":
		p.dir = value
	case "mod": // the build's own is -mod=mod
	case "modfile":
		p.modfile = value
	case "overlay":
		p.overlay = value
	case "fail":
		return p.setFail(value)
	case "plain":
		p.plain = append(p.plain, splitList(value)...)
	case "graph":
		p.graph = value
	case "toolexec":
		p.toolexec = value
	default:
		p.counted = p.counted || name == "count"
		p.covered = p.covered || strings.HasPrefix(name, "cover")
		p.goTest = append(p.goTest, given...)
		if listFlags[name] {
			p.list = append(p.list, "-"+name+"="+value)
		}
	}
	return nil
}

func (p *testArgs) bool(name, value, given string) {
	p.json = p.json || name == "json" && value != "false"
	p.covered = p.covered || name == "cover"
	p.goTest = append(p.goTest, given)
	if listFlags[name] {
		p.list = append(p.list, given)
	}
}

func (p *testArgs) setFail(value string) error {
	if value == "none" {
		p.fail = nil
		return nil
	}
	p.fail = splitList(value)
	if len(p.fail) == 0 {
		return errors.New(`flag -fail names no tier; "none" is for none`)
	}
	for _, tier := range p.fail {
		if !slices.Contains(tiers, tier) {
			return fmt.Errorf("flag -fail: unknown tier %q; the tiers are %s", tier, strings.Join(tiers, ", "))
		}
	}
	return nil
}

func splitList(list string) []string {
	return strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == ' ' })
}
