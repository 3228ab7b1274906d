package goroutine

import (
	"bytes"
	"runtime"
	"strconv"
	"strings"
)

// Frame is one call of a stack.
type Frame struct {
	Func string
	File string
	Line int
}

// Trace is one goroutine as runtime.Stack prints it.
type Trace struct {
	ID     uint64
	State  string // "sync.Mutex.Lock", "chan receive, 2 minutes", …
	Frames []Frame
}

// Traces is a dump of goroutines.
type Traces []Trace

const (
	firstDump = 1 << 16
	mostDump  = 1 << 26 // enough for some 50,000 goroutines; the rest goes without a stack
)

// All dumps every goroutine. It stops the world meanwhile.
func All() Traces {
	buf := make([]byte, firstDump)
	n := runtime.Stack(buf, true)
	for n == len(buf) && n < mostDump {
		buf = make([]byte, 2*n)
		n = runtime.Stack(buf, true)
	}
	return parse(buf[:n])
}

// Of returns the goroutine with an id, or nil.
func (t Traces) Of(id uint64) *Trace {
	for i := range t {
		if t[i].ID == id {
			return &t[i]
		}
	}
	return nil
}

// From returns the frames from the call with return address pc on, which leaves out what
// the call did inside.
func (t *Trace) From(pc uintptr) []Frame {
	frames := runtime.CallersFrames([]uintptr{pc, 0})
	f, _ := frames.Next()
	for i, g := range t.Frames {
		if g.Func == f.Function && g.Line == f.Line && g.File == f.File {
			return t.Frames[i:]
		}
	}
	return t.Frames
}

func parse(dump []byte) Traces {
	var all Traces
	for block := range bytes.SplitSeq(dump, []byte("\n\n")) {
		if t, ok := parseOne(string(block)); ok {
			all = append(all, t)
		}
	}
	return all
}

// parseOne reads "goroutine 7 [state]:" and then pairs of lines, a call and its position. Other lines,
// such as "...12 frames elided..." in the middle of a deep stack, stand alone and are passed over.
func parseOne(block string) (t Trace, ok bool) {
	lines := strings.Split(strings.TrimSpace(block), "\n")
	t.ID = headerID([]byte(lines[0]))
	if t.ID == 0 {
		return t, false
	}
	if _, rest, found := strings.Cut(lines[0], "["); found {
		t.State, _, _ = strings.Cut(rest, "]")
	}
	for i := 1; i+1 < len(lines); i++ {
		if strings.HasPrefix(lines[i], "created by ") {
			break
		}
		if strings.HasPrefix(lines[i], "\t") || !strings.HasPrefix(lines[i+1], "\t") {
			continue
		}
		f := Frame{Func: callName(lines[i])}
		f.File, f.Line = position(lines[i+1])
		t.Frames = append(t.Frames, f)
	}
	return t, true
}

// callName cuts the arguments off "path/pkg.(*T).method(0x1, {…})".
func callName(line string) string {
	if i := strings.LastIndexByte(line, '('); i > 0 {
		return line[:i]
	}
	return line
}

// position reads "\t/path/file.go:12 +0x1d".
func position(line string) (file string, number int) {
	line, _, _ = strings.Cut(strings.TrimSpace(line), " +0x")
	i := strings.LastIndexByte(line, ':')
	if i < 0 {
		return line, 0
	}
	number, _ = strconv.Atoi(line[i+1:])
	return line[:i], number
}
