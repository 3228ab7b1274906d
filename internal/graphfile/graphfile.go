// Package graphfile reads, writes and merges the files in which each process
// keeps the lock orders and findings that it has seen.
//
// A file is JSON Lines. The first line is a [Process] and names the version of
// the format; each line after it is an [Order], a [Report], or, in a merged
// file only, one more Process. A line is appended by one write as soon as the
// thing is seen, so a process that is killed, exits inside a test or deadlocks
// has lost nothing and needs no hook at its end.
//
// The package knows nothing of detection, so that the library and the command
// can both stand on it. It imports neither net nor os/user nor cgo: a process
// that brings those in no longer gets Go's "all goroutines are asleep".
package graphfile

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// Version is the format that this package writes and the only one it reads.
const Version = 1

// Extension is how the names of graph files end.
const Extension = ".jsonl"

// formatName marks a first line as ours; other tools' JSON Lines have none.
const formatName = "interlock-graph"

// Process says which process saw the orders that follow it.
type Process struct {
	Program string `json:"program"` // path of the executable
	PID     int    `json:"pid"`
	Dir     string `json:"dir,omitempty"`   // working directory: the package's own under go test
	Locks   int    `json:"locks,omitempty"` // merged files: different locks in its orders
}

// Order is one acquisition with what was held. It may have been nothing: a
// writer that waits for an RWMutex stops readers who hold something.
type Order struct {
	Goroutine uint64 `json:"goroutine,omitempty"`
	Held      []Hold `json:"held"` // in order of acquisition
	Want      Hold   `json:"want"`

	// Seen, in a merged file, is who took this order: at most [MaxSeen] of
	// them. In a process's own file it is empty and Goroutine says it.
	Seen []Sighting `json:"seen,omitempty"`
	// Count is how many times it was seen, in processes; 0 means once.
	Count int `json:"count,omitempty"`
}

// Sighting names a goroutine of a process by the process's place among the
// Process lines before it.
type Sighting struct {
	Process   int    `json:"process"`
	Goroutine uint64 `json:"goroutine"`
}

// Hold is a lock held or wanted, with the place where it was asked for.
type Hold struct {
	Lock   uint64  `json:"lock"`             // number of the instance, valid in its process only
	Class  string  `json:"class,omitempty"`  // declared class, or that of the source
	Single bool    `json:"single,omitempty"` // the class has one lock in each process
	Type   string  `json:"type"`             // "Mutex", "RWMutex", …
	Mode   string  `json:"mode"`             // "Lock" or "RLock"
	Site   []Frame `json:"site"`             // innermost first
}

// Frame is a place in the source.
type Frame struct {
	Func string `json:"func"`
	File string `json:"file"`
	Line int    `json:"line"`
}

// Report is a finding as its process wrote it.
type Report struct {
	Raw   json.RawMessage `json:"report"`          // a lockorder.Report in JSON
	Count int             `json:"count,omitempty"` // processes that reported it; 0 means one
}

// Name is how the lock of h is known across processes: by its declared class,
// else by its type and the place that acquires it. Instances are numbered by
// each process for itself, so their numbers say nothing in another one.
func (h Hold) Name() string {
	if h.Class != "" {
		return h.Class
	}
	if len(h.Site) == 0 {
		return h.Type
	}
	return h.Type + "@" + h.Site[0].Position()
}

// Position is the import path of the frame's package, the file's base name and
// the line. Unlike the path on disk it is the same on every machine.
func (f Frame) Position() string {
	base := f.File[strings.LastIndexAny(f.File, `/\`)+1:]
	return packageOf(f.Func) + "/" + base + ":" + strconv.Itoa(f.Line)
}

// packageOf takes the import path off a function's name in the form of
// runtime.Frame. The linker writes a dot in the path's last element as %2e.
func packageOf(function string) string {
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

// key is equal for two orders that say the same across processes: the same
// names in the same modes at the same places. Classed locks keep their places,
// because a class is locked in many and a reader wants each.
func (o Order) key() string {
	var b strings.Builder
	for _, h := range o.Held {
		h.writeKey(&b)
	}
	b.WriteString(">")
	o.Want.writeKey(&b)
	return b.String()
}

func (h Hold) writeKey(b *strings.Builder) {
	b.WriteString(h.Name())
	b.WriteString("|")
	b.WriteString(h.Mode)
	for _, f := range h.Site[:min(len(h.Site), framesThatTell)] {
		b.WriteString("|")
		b.WriteString(f.Position())
	}
	b.WriteString(";")
}

// validate says what makes o unusable: a reader that let it through would hand
// half an order to the search.
func (o Order) validate() error {
	for _, h := range o.Held {
		if err := h.validate(); err != nil {
			return fmt.Errorf("held: %w", err)
		}
	}
	if err := o.Want.validate(); err != nil {
		return fmt.Errorf("want: %w", err)
	}
	return nil
}

func (h Hold) validate() error {
	switch {
	case h.Mode != "Lock" && h.Mode != "RLock":
		return fmt.Errorf("mode %q is neither Lock nor RLock", h.Mode)
	case h.Class == "" && len(h.Site) == 0:
		return fmt.Errorf("lock %d has neither a class nor a site", h.Lock)
	}
	return nil
}
