package lockorder

import (
	"cmp"
	"path"
	"regexp"
	"runtime"
	"slices"
	"strings"
)

// ParkedCall is some goroutines that are blocked in the same call, made on the same line.
type ParkedCall struct {
	Call       string `json:"call"`       // a function of this library, without type arguments: "bbuf.(*Buffer).Get"
	At         Frame  `json:"at"`         // who calls it; empty if a go statement does so directly
	Goroutines int    `json:"goroutines"` // that are blocked there
}

// Parked lists the goroutines that are blocked in a call of banker, bbuf, cond or pi and are not among
// s.Waits: nobody is registered who could end their waits, or a context can, so the detector keeps
// nothing of them. Who could wake them is not known. That is no sign of an error in itself: a worker
// without work waits like this. It works with -tags interlock_off too, where s has no waits.
//
// They are read from the stacks of all goroutines, like the goroutine profile of runtime/pprof, and so cost
// nothing until somebody asks. What is listed already is told apart by its line, as the runtime gives no
// goroutine's number: for each line the waits of s that were made there are subtracted. The stacks are
// read later than s, so while goroutines move the numbers may be off by those that did.
//
// It takes two to four microseconds for each goroutine of the program, and 400 bytes while it runs. For a tenth of
// that time and more the world is stopped: 5 ms with 10,000 goroutines, 30 ms with 100,000.
func Parked(s State) []ParkedCall {
	listed := map[Frame]int{}
	for _, w := range s.Waits {
		if len(w.Want.Stack) > 0 {
			listed[w.Want.Stack[0]]++
		}
	}
	count := map[ParkedCall]int{}
	for stack, n := range stacks() {
		if call, ok := parkedCall(stack[:]); ok {
			count[call] += n
		}
	}
	var all []ParkedCall
	for call, n := range count {
		known := min(n, listed[call.At])
		listed[call.At] -= known
		if call.Goroutines = n - known; call.Goroutines > 0 {
			all = append(all, call)
		}
	}
	slices.SortFunc(all, func(a, b ParkedCall) int {
		return cmp.Or(cmp.Compare(b.Goroutines, a.Goroutines), cmp.Compare(a.At.File, b.At.File),
			cmp.Compare(a.At.Line, b.At.Line), cmp.Compare(a.Call, b.Call))
	})
	return all
}

// stack is return addresses, innermost first, as many as the runtime gives.
type stack = [len(runtime.StackRecord{}.Stack0)]uintptr

// stacks counts equal ones of all goroutines: with many goroutines there are few to resolve.
func stacks() map[stack]int {
	var records []runtime.StackRecord
	n, ok := runtime.NumGoroutine(), false
	for !ok {
		records = make([]runtime.StackRecord, n+n/8+16)
		n, ok = runtime.GoroutineProfile(records)
	}
	count := map[stack]int{}
	for i := range records[:n] {
		count[records[i].Stack0]++
	}
	return count
}

// parkedCall returns the call of this library that a goroutine is parked in. A wait for a mutex is none: those
// are all known. Nor is a lock of the library's own, which is held for a moment: what
// a call waits for is a channel.
func parkedCall(pcs []uintptr) (call ParkedCall, ok bool) {
	if i := slices.Index(pcs, 0); i >= 0 {
		pcs = pcs[:i]
	}
	it := runtime.CallersFrames(pcs)
	f, more := it.Next()
	if f.Function != "runtime.gopark" {
		return call, false
	}
	for more && strings.HasPrefix(f.Function, "runtime.") {
		f, more = it.Next()
	}
	for {
		at := newFrame(f)
		name, named := strings.CutPrefix(at.Func, module)
		switch first := name[:max(0, strings.IndexAny(name, "./"))]; {
		case !shown(f):
		case !ours(at):
			call.At = at
			return call, call.Call != ""
		case named && first == "mutex":
			return call, false
		case named && slices.Contains(waitedIn, first):
			call.Call = callName(name)
		}
		if !more {
			return call, call.Call != ""
		}
		f, more = it.Next()
	}
}

// waitedIn are the packages in whose calls goroutines wait for others to act.
var waitedIn = []string{"banker", "bbuf", "cond", "pi"}

// inner is what the compiler puts into a function's name: type arguments, and numbers of closures.
var inner = regexp.MustCompile(`\[.*\]|(\.func\d+|\.\d+|-range\d+)+$`)

// callName is the function without the path of its package: "bbuf.(*Buffer).Get".
func callName(function string) string {
	return path.Base(inner.ReplaceAllString(function, ""))
}
