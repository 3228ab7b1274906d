package house_test

import "github.com/interlock-go/interlock/internal/house"

const (
	module = "github.com/interlock-go/interlock"
	root   = "../.."

	maxLines = 350
)

// builds are those of .ci/run. The order matters for speed only: most files
// are compiled by the first.
var builds = []house.Build{
	{GOOS: "linux", GOARCH: "amd64", Cgo: true},
	{GOOS: "linux", GOARCH: "amd64", Cgo: true, Tags: []string{"race"}},
	{GOOS: "linux", GOARCH: "amd64", Cgo: true, Tags: []string{"interlock_off"}},
	{GOOS: "linux", GOARCH: "amd64", Cgo: true, Tags: []string{"interlock_portable"}},
	{GOOS: "linux", GOARCH: "arm64"},
	{GOOS: "linux", GOARCH: "386"},
	{GOOS: "darwin", GOARCH: "arm64"},
	{GOOS: "windows", GOARCH: "amd64"},
}

var primitives = []string{"mutex", "cond", "bbuf", "banker", "pi"}

// layers is the order of import: pure internals, the engine and the public
// vocabulary, the primitives, the programs.
var layers = []house.Layer{
	{Packages: []string{"internal/house"}},
	{Packages: []string{"internal/reported"}, May: []string{"internal/engine", "lockorder"}},
	{Packages: []string{"internal/wakers"}, May: []string{"internal/engine", "internal/callsite"}},
	{Packages: []string{"internal/engine"}, May: []string{"internal"}, MayNot: []string{"internal/house"}},
	{Packages: []string{"internal"}, May: []string{"internal"}, MayNot: []string{"internal/engine", "internal/wakers", "internal/house"}},
	// The live page shows what stands in lockorder and in those primitives that keep tables of their own.
	{Packages: []string{"lockorder/lockhttp"}, May: []string{"lockorder", "banker", "pi", "pi/timeline", "mutex", "bbuf", "internal/drawing"}},
	{Packages: []string{"lockorder"}, May: []string{"lockorder", "internal"}, MayNot: []string{"internal/house"}},
	primitive("mutex"), primitive("cond"), primitive("bbuf"), primitive("banker"), primitive("pi"),
	// What the command makes of graph files: findings, how they come to hang, and what a baseline says of them.
	{Packages: []string{"cmd/lockorder/internal/finding"}, May: []string{"lockorder", "internal"}, MayNot: []string{"internal/house"}},
	{Packages: []string{"cmd/lockorder/internal/interleaving"}, May: []string{"lockorder", "internal/visible", "cmd/lockorder/internal/finding"}},
	{
		Packages: []string{"cmd/lockorder/internal/verdict"}, MayNot: []string{"internal/house"},
		May: []string{"lockorder", "internal", "cmd/lockorder/internal/finding", "cmd/lockorder/internal/interleaving"},
	},
	{Packages: []string{"cmd"}, May: []string{"*"}, MayNot: []string{"examples", "internal/house"}},
	{Packages: []string{"docs"}},
	// Examples are written as a user writes, who cannot import internals.
	{Packages: []string{"examples"}, May: append([]string{"examples", "lockorder"}, primitives...)},
}

// primitive is the row of one primitive: primitives do not import one another.
func primitive(name string) house.Layer {
	return house.Layer{Packages: []string{name}, May: []string{name, "lockorder", "internal"}, MayNot: []string{"internal/house"}}
}

// library are the packages that a user's program links. What they pull in
// decides whether "all goroutines are asleep" still fires there: with cgo, or
// with what brings it, the runtime does not count its threads.
var library = append([]string{"internal/engine", "lockorder"}, primitives...)

// heavy are packages below library that may pull in more, each with the reason.
var heavy = map[string]string{
	"lockorder/lockhttp":   "serves HTTP: its own package, so that nobody imports net/http unawares",
	"lockorder/lockexpvar": "expvar imports net/http: the same",
}

var forbidden = []string{"C", "runtime/cgo", "net", "os/user"}

// invisible is the code that runs where the race detector is blind.
var invisible = []house.Invisible{
	{Dir: "internal/rule", Exempt: map[string]string{"tier.go": "names of modes and tiers, read when a report is written"}},
	{Dir: "internal/waitgraph"},
	{Dir: "internal/callsite", Exempt: map[string]string{"distance.go": "measures at start, on the main goroutine"}},
	{Dir: "internal/engine", Exempt: map[string]string{
		"sink.go": "calls the program's handlers, outside quiet sections",
		"fill.go": "adds a dump to a finding that nobody else has yet, outside quiet sections",
	}},
	{Dir: "internal/ordergraph"},
	{Dir: "internal/discipline"},
	{Dir: "internal/fingerprint"},
	{Dir: "internal/heldset"},
	{Dir: "internal/stackdepot"},
	{Dir: "internal/wordset"},
	{Dir: "internal/hashtable"},
	{Dir: "internal/quiet"},
	{Dir: "internal/park"},
	{Dir: "mutex", Touching: module + "/internal/quiet"}, // the rest of it runs outside quiet sections
}

// endings are the files that some test reads from a testdata folder.
var endings = []string{".dot", ".golden", ".go", ".json", ".md", ".mod", ".txt", ".txtar"}

// requirements of the library's own go.mod: of tests only, and no linters or
// rivals but the one that the differential test needs.
var requirements = []string{
	"github.com/anishathalye/porcupine", // checks concurrent histories of bbuf
	"github.com/rogpeppe/go-internal",   // runs the txtar scenarios of cmd/lockorder
	"github.com/sasha-s/go-deadlock",
	"github.com/stretchr/testify",
	"go.uber.org/goleak",
	"pgregory.net/rapid",
}
