// Package graphfile reads, writes and merges the files in which each process
// keeps the lock orders and findings that it has seen.
//
// A file is text, a thing to a line. Its first line names the format, its second
// the [Process]. A process appends a line as soon as it sees something, by one
// write, so that one which is killed, exits inside a test or deadlocks has lost
// nothing and needs no hook at its end:
//
//	interlock-graph 2
//	process ID HOST PID PROGRAM MODULE
//	frame FUNCTION FILE:LINE              numbered 1, 2, … in the file
//	hold TYPE MODE CLASS FRAME...         numbered 1, 2, … in the file
//	order GOROUTINE HOLD.INSTANCE... HOLD.INSTANCE
//	class NAME                            of locks
//	var NAME                              the same, if there is one lock of it
//	declare CLASS CLASS
//	report JSON
//
// The last HOLD.INSTANCE of an order is the wanted one. What is said once is a
// number afterwards: ten thousand orders are some hundred kilobytes, and a merge
// compares numbers. FILE is the import path of the package and the base name, the
// same on every machine. A word that is empty or would not stand for itself, or
// has a space in it, is a Go string literal.
//
// A merged file has the same lines, sorted, except that each order spells out
// what it is made of, so that two merged files can be compared by eye:
//
//	order
//		held CLASS TYPE MODE
//			at FUNCTION FILE:LINE
//		want CLASS TYPE MODE
//			at FUNCTION FILE:LINE
//		seen PROCESS/GOROUTINE...
//
// A process there is its place among the process lines, from 0, and each of these
// ends in the number of its locks; after a report's line, "by" names the
// processes that made it.
//
// The package knows nothing of detection, so that the library and the command
// can both stand on it. It imports neither net nor os/user nor cgo: a process
// that brings those in no longer gets Go's "all goroutines are asleep".
package graphfile

import (
	"encoding/json"
	"strconv"
	"strings"
)

// Version is the format that this package writes and the only one it reads.
const Version = 2

// Extension is how the names of graph files end.
const Extension = ".graph"

// magic begins every graph file.
const magic = "interlock-graph "

// Process says which process saw the orders that follow it.
type Process struct {
	ID      string // no two processes have the same
	Host    string
	PID     int
	Program string // path of the executable
	Module  string // path of its main module, "" if unknown
	Locks   int    // different locks in its orders
}

// Order is one acquisition with what was held. It may have been nothing: a
// writer that waits for an RWMutex stops readers who hold something.
type Order struct {
	Held []Hold // in order of acquisition
	Want Hold
	Seen []Sighting // who took it: at most [MaxSeen] of them
}

// Sighting names a goroutine of a process, which is its index in
// [Graph.Processes].
type Sighting struct {
	Process   int
	Goroutine uint64
}

// Hold is a lock held or wanted, with the place where it was asked for.
type Hold struct {
	Lock  uint64 // number of the instance in its process, 0 in a merged graph
	Class string // declared class, or that of the source
	Type  string // "Mutex", "RWMutex", …
	Mode  string // "Lock" or "RLock"
	Site  []Frame
}

// Frame is a place in the source. In a graph, File is as [Portable] makes it.
type Frame struct {
	Func string `json:"func"`
	File string `json:"file"`
	Line int    `json:"line"`
}

// Report is a finding as its process wrote it.
type Report struct {
	Raw  json.RawMessage // a lockorder.Report in JSON
	Seen []int           // the processes that made it, as indices in [Graph.Processes]
}

// Declaration is a declared order of two classes.
type Declaration struct{ Before, After string }

// Name is how the lock of h is known across processes: by its declared class,
// else by the place that acquires it. Instances are numbered by each process for
// itself, so their numbers say nothing in another one; and a process that has met
// a lock only as a held one does not know its type.
func (h Hold) Name() string {
	if h.Class != "" || len(h.Site) == 0 {
		return h.Class
	}
	return Placed + h.Site[0].Position()
}

// Placed begins the names of locks that have no class.
const Placed = "lock@"

// Position is the file and the line.
func (f Frame) Position() string { return f.File + ":" + strconv.Itoa(f.Line) }

// Portable is the import path of the package of a function, which is named as in
// runtime.Frame, and the base name of its file: unlike the path on disk, the same
// on every machine. mainPath is the import path of the program's package main.
func Portable(function, file, mainPath string) string {
	base := file[strings.LastIndexAny(file, `/\`)+1:]
	pkg := packageOf(function)
	if pkg == "main" && mainPath != "" {
		pkg = mainPath
	}
	if strings.HasSuffix(base, "_test.go") {
		pkg = strings.TrimSuffix(pkg, "_test") // an external test lies beside its package
	}
	if pkg == "" {
		return base
	}
	return pkg + "/" + base
}

// packageOf takes the import path off a function's name in the form of
// runtime.Frame. The linker writes a dot in the path's last element as %2e.
func packageOf(function string) string {
	if bracket := strings.IndexByte(function, '['); bracket >= 0 {
		function = function[:bracket] // type arguments have paths of their own
	}
	lastElement := strings.LastIndexByte(function, '/') + 1
	dot := strings.IndexByte(function[lastElement:], '.')
	if dot < 0 {
		return strings.ReplaceAll(function, "%2e", ".")
	}
	return strings.ReplaceAll(function[:lastElement+dot], "%2e", ".")
}

// framesThatTell is how much of a stack tells two orders or findings apart. The
// innermost frame alone would make one of all that go through a project's own
// wrapper around a lock; the whole stack would make two of one that two tests
// reach.
const framesThatTell = 3

// Modes as they stand in a file.
const (
	modeLock  = "Lock"
	modeRLock = "RLock"
)
