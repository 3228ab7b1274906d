package main

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/interlock-go/interlock/cmd/lockorder/internal/finding"
)

// goArgs is a command line of a command that hands on what it is given to the go
// command of the same name, taken apart as far as needed.
type goArgs struct {
	verb     string   // "test", "build" or "run"
	handed   []string // what the go command gets, in the order given
	packages []string // the patterns among them
	list     []string // the flags among them that decide which files are built

	dir              string // -C
	modfile, overlay string
	mod              string
	trimmed          bool // -trimpath
	toolexec, exec   string
	parallel         int  // -p
	json, counted    bool // -json and -count were given
	covered          bool // one of the flags for coverage was

	fail  []string // tiers
	plain []string
	deps  []string
	graph string
	// confirm asks for reruns, up to confirmRuns for each finding.
	confirm     bool
	confirmRuns int
	// classes is where lockorder build puts the table of lock classes.
	classes string
}

var defaultFail = []string{"deadlock", "potential", "needs-writer", "violation"}

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
	ownFlags = map[string]map[string]bool{
		"test": words("fail plain deps graph confirm-runs"), "run": words("fail plain deps graph"), "build": words("plain deps classes"),
	}
	// listFlags decide which files a package has, by tags or otherwise, or how it is
	// compiled.
	listFlags = words("asan asmflags buildmode compiler gccgoflags gcflags installsuffix msan pgo race tags trimpath")
)

func words(list string) map[string]bool {
	set := map[string]bool{}
	for word := range strings.FieldsSeq(list) {
		set[word] = true
	}
	return set
}

// parseArgs follows the go command. Of test, the packages are the first arguments in a row that
// are no flags, and what comes after them or after a flag that it does not know
// is for the test binary.
func parseArgs(verb string, args []string) (*goArgs, error) {
	p := &goArgs{verb: verb, fail: defaultFail, confirmRuns: 20}
	listEnded := false
	for len(args) > 0 {
		arg := args[0]
		args = args[1:]
		if arg == "-args" || arg == "--args" {
			p.handed = append(append(p.handed, arg), args...)
			break
		}
		name, value, hasValue := splitFlag(arg)
		if name == "" && verb == "run" {
			p.program(append([]string{arg}, args...))
			break
		}
		if name == "" {
			if !listEnded {
				p.packages = append(p.packages, arg)
			}
			p.handed = append(p.handed, arg)
			continue
		}
		short := strings.TrimPrefix(name, "test.")
		listEnded = listEnded || len(p.packages) > 0
		switch {
		case name == "confirm" && verb == "test":
			p.confirm = value != "false"
		case valueFlags[short] || ownFlags[verb][name]:
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
			p.handed = append(p.handed, arg)
		}
	}
	if len(p.packages) == 0 {
		p.packages = []string{"."}
	}
	return p, nil
}

// program takes in the rest of a command line of run: a package, or the files of
// one, and what the program gets.
func (p *goArgs) program(rest []string) {
	n := 1
	for strings.HasSuffix(rest[0], ".go") && n < len(rest) && strings.HasSuffix(rest[n], ".go") {
		n++
	}
	p.packages = rest[:n:n]
	p.handed = append(p.handed, rest...)
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
func (p *goArgs) value(name, value string, given []string) error {
	switch name {
	case "C":
		p.dir = value
	case "mod": // the build's own is -mod=mod
		p.mod = value
	case "modfile":
		p.modfile = value
	case "overlay":
		p.overlay = value
	case "fail":
		return p.setFail(value)
	case "plain":
		p.plain = append(p.plain, splitList(value)...)
	case "deps":
		p.deps = append(p.deps, splitList(value)...)
	case "graph":
		p.graph = value
	case "classes":
		p.classes = value
	case "confirm-runs":
		return p.setRuns(value)
	case "toolexec":
		p.toolexec = value
	case "exec":
		p.exec = value
	default:
		p.counted = p.counted || name == "count"
		if name == "p" {
			p.parallel, _ = strconv.Atoi(value) // the go command says what is wrong with it
		}
		p.covered = p.covered || strings.HasPrefix(name, "cover")
		p.handed = append(p.handed, given...)
		if listFlags[name] {
			p.list = append(p.list, "-"+name+"="+value)
		}
	}
	return nil
}

func (p *goArgs) bool(name, value, given string) {
	p.json = p.json || name == "json" && value != "false"
	p.covered = p.covered || name == "cover"
	p.trimmed = p.trimmed || name == "trimpath" && value != "false"
	p.handed = append(p.handed, given)
	if listFlags[name] {
		p.list = append(p.list, given)
	}
}

func (p *goArgs) setRuns(value string) error {
	n, err := strconv.Atoi(value)
	if err != nil || n < 1 {
		return fmt.Errorf("flag -confirm-runs: %q is no number of reruns from 1 up", value)
	}
	p.confirm, p.confirmRuns = true, n
	return nil
}

func (p *goArgs) setFail(value string) error {
	if value == "none" {
		p.fail = nil
		return nil
	}
	p.fail = splitList(value)
	if len(p.fail) == 0 {
		return errors.New(`flag -fail names no tier; "none" is for none`)
	}
	for _, tier := range p.fail {
		if !slices.Contains(finding.Tiers, tier) {
			return fmt.Errorf("flag -fail: unknown tier %q; the tiers are %s", tier, strings.Join(finding.Tiers, ", "))
		}
	}
	return nil
}

func splitList(list string) []string {
	return strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == ' ' })
}
