package lockorder

import (
	"runtime"
	"strconv"
	"strings"
)

// standingGoroutine is one goroutine of a dump of runtime.Stack.
type standingGoroutine struct {
	id      uint64
	state   string // "running", "chan receive, 2 minutes", …
	stack   []Frame
	creator string // function that started it, "" for the first goroutine
	parent  uint64 // goroutine that started it, 0 if unknown
}

// blocked tells a goroutine that waits for something from one that makes progress.
func (g standingGoroutine) blocked() bool {
	state, _, _ := strings.Cut(g.state, ",")
	switch state {
	case "", "idle", "running", "runnable", "copystack", "preempted":
		return false
	}
	return !strings.Contains(state, "GC ")
}

// parseDump reads what runtime.Stack writes. Lines that it does not know are
// passed over.
func parseDump(text string) []standingGoroutine {
	var all []standingGoroutine
	var fn string
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		if g, ok := parseHeader(line); ok {
			all = append(all, g)
			continue
		}
		if len(all) == 0 {
			continue
		}
		g := &all[len(all)-1]
		switch {
		case strings.HasPrefix(line, "created by "):
			g.creator, g.parent = parseCreator(line)
			fn = ""
		case strings.HasPrefix(line, "\t"):
			if f, ok := parsePosition(line); ok && fn != "" {
				f.Func = fn
				g.stack = append(g.stack, f)
			}
			fn = ""
		default:
			fn = withoutArguments(line)
		}
	}
	return all
}

// parseHeader reads "goroutine 18 gp=… [chan receive, 2 minutes]:".
func parseHeader(line string) (standingGoroutine, bool) {
	rest, ok := strings.CutPrefix(line, "goroutine ")
	if !ok || !strings.HasSuffix(line, "]:") {
		return standingGoroutine{}, false
	}
	number, rest, _ := strings.Cut(rest, " ")
	id, err := strconv.ParseUint(number, 10, 64)
	_, state, found := strings.Cut(rest, "[")
	if err != nil || !found {
		return standingGoroutine{}, false
	}
	return standingGoroutine{id: id, state: strings.TrimSuffix(state, "]:")}, true
}

// parseCreator reads "created by pkg.F in goroutine 7".
func parseCreator(line string) (string, uint64) {
	fn, number, _ := strings.Cut(strings.TrimPrefix(line, "created by "), " in goroutine ")
	id, err := strconv.ParseUint(number, 10, 64)
	if err != nil {
		return fn, 0
	}
	return fn, id
}

// parsePosition reads "\t/src/cache.go:42 +0x1d".
func parsePosition(line string) (Frame, bool) {
	pos, _, _ := strings.Cut(strings.TrimPrefix(line, "\t"), " +0x")
	colon := strings.LastIndexByte(pos, ':')
	if colon < 0 {
		return Frame{}, false
	}
	n, err := strconv.Atoi(pos[colon+1:])
	if err != nil || n < 0 {
		return Frame{}, false
	}
	return Frame{File: strings.ToValidUTF8(pos[:colon], "?"), Line: n}, true
}

// withoutArguments takes "(0xc000012345, ...)" from the end of a call. A
// receiver has brackets as well, so only the last pair goes.
func withoutArguments(call string) string {
	if i := strings.LastIndexByte(call, '('); i > 0 && strings.HasSuffix(call, ")") {
		call = call[:i]
	}
	return strings.ToValidUTF8(call, "?")
}

// maxDump bounds the memory that a look at all goroutines takes.
const maxDump = 64 << 20

// dumpAll returns the dump of all goroutines, cut off at maxDump. It stops the
// world while it looks.
func dumpAll() string {
	for size := 1 << 16; ; size *= 2 {
		buf := make([]byte, size)
		if n := runtime.Stack(buf, true); n < size || size >= maxDump {
			return string(buf[:n])
		}
	}
}

// finder is the goroutine that made a finding, and who started it.
type finder struct {
	goroutine, parent uint64
	creator           string
}

// currentFinder looks at the calling goroutine.
func currentFinder() finder {
	buf := make([]byte, 4<<10)
	for {
		n := runtime.Stack(buf, false)
		if n < len(buf) || len(buf) >= 1<<20 {
			buf = buf[:n]
			break
		}
		buf = make([]byte, 4*len(buf))
	}
	all := parseDump(string(buf))
	if len(all) == 0 {
		return finder{}
	}
	return finder{goroutine: all[0].id, parent: all[0].parent, creator: all[0].creator}
}
