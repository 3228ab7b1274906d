package graphfile

import (
	"bytes"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"io"
	"os"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Writer appends to the file of this process. Its methods may be called from
// several goroutines at once. Whatever a call has to say, definitions included,
// is one write to a file opened for appending.
type Writer struct {
	out      io.Writer
	file     *os.File // out, if Create has made it
	mainPath string   // import path of the program's package main

	// mu, a plain sync.Mutex that no detector watches, keeps a definition
	// before the lines that use it. It is held during the write.
	mu     sync.Mutex
	frames map[Frame]int
	holds  map[string]int
	buf    []byte
	key    []byte
	failed error
}

// Create starts the file of this process in dir, which it makes if need be.
// Processes share a directory, on one host or many: file names do not collide.
func Create(dir string) (*Writer, error) {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return nil, err
	}
	program, err := os.Executable()
	if err != nil {
		program = os.Args[0]
	}
	base := strings.TrimSuffix(filepath.Base(program), ".exe")
	file, err := create(dir, fmt.Sprintf("%s-%d", base, os.Getpid()))
	if err != nil {
		return nil, err
	}
	p := thisProcess(program)
	mainPath := ""
	if info, ok := debug.ReadBuildInfo(); ok {
		mainPath, p.Module = info.Path, info.Main.Path
	}
	w := NewWriter(file, p)
	w.file, w.mainPath = file, mainPath
	if w.failed != nil {
		_ = file.Close()
		return nil, w.failed
	}
	return w, nil
}

// NewWriter begins the file of a process on any writer. An error of it is
// returned by each method.
func NewWriter(out io.Writer, p Process) *Writer {
	w := &Writer{out: out, frames: map[Frame]int{}, holds: map[string]int{}}
	w.buf = strconv.AppendInt(append(w.buf, magic...), Version, 10)
	w.buf = appendProcess(append(w.buf, '\n'), p)
	_ = w.flush() // kept
	return w
}

// thisProcess gives the process an ID that it shares with no other: a pid comes
// back after a while, and two hosts have the same ones at once.
func thisProcess(program string) Process {
	host, _ := os.Hostname() // without it the report is a little poorer, no more
	sum := fnv.New64a()
	fmt.Fprint(sum, host, " ", os.Getpid(), " ", time.Now().UnixNano())
	return Process{ID: fmt.Sprintf("%016x", sum.Sum64()), Host: host, PID: os.Getpid(), Program: program}
}

// create opens a file that did not exist.
func create(dir, stem string) (*os.File, error) {
	for n := 0; ; n++ {
		name := stem + Extension
		if n > 0 {
			name = fmt.Sprintf("%s-%d%s", stem, n, Extension)
		}
		file, err := os.OpenFile(filepath.Join(dir, name), os.O_CREATE|os.O_EXCL|os.O_WRONLY|os.O_APPEND, 0o666)
		if !os.IsExist(err) {
			return file, err
		}
	}
}

// Name is the path of the file that [Create] has made.
func (w *Writer) Name() string { return w.file.Name() }

// Portable is [Portable] for this program.
func (w *Writer) Portable(function, file string) string {
	return Portable(function, file, w.mainPath)
}

// Order appends one order, taken by a goroutine. Its Seen is left out.
func (w *Writer) Order(goroutine uint64, o Order) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	refs := make([]int, 0, len(o.Held)+1)
	for _, h := range o.Held {
		refs = append(refs, w.hold(h))
	}
	refs = append(refs, w.hold(o.Want))
	w.buf = strconv.AppendUint(append(w.buf, "order "...), goroutine, 10)
	for i, ref := range refs {
		lock := o.Want.Lock
		if i < len(o.Held) {
			lock = o.Held[i].Lock
		}
		w.buf = strconv.AppendInt(append(w.buf, ' '), int64(ref), 10)
		w.buf = strconv.AppendUint(append(w.buf, '.'), lock, 10)
	}
	w.buf = append(w.buf, '\n')
	return w.flush()
}

// hold is the number of a hold, and writes its line if it has none yet.
func (w *Writer) hold(h Hold) int {
	w.key = appendWord(w.key[:0], h.Type)
	w.key = appendWord(append(w.key, ' '), h.Mode)
	w.key = appendWord(append(w.key, ' '), h.Class)
	for _, f := range h.Site {
		w.key = strconv.AppendInt(append(w.key, ' '), int64(w.frame(f)), 10)
	}
	n, ok := w.holds[string(w.key)]
	if !ok {
		n = len(w.holds) + 1
		w.holds[string(w.key)] = n
		w.buf = append(w.buf, "hold "...)
		w.buf = append(append(w.buf, w.key...), '\n')
	}
	return n
}

func (w *Writer) frame(f Frame) int {
	n, ok := w.frames[f]
	if !ok {
		n = len(w.frames) + 1
		w.frames[f] = n
		f.File = w.Portable(f.Func, f.File)
		w.buf = append(appendFrame(append(w.buf, "frame "...), f), '\n')
	}
	return n
}

// Class appends the name of a class, whether or not a lock has it. Single says that
// there is one lock of it in each process.
func (w *Writer) Class(name string, single bool) error { return w.line(classKind(single), name) }

func classKind(single bool) string {
	if single {
		return "var"
	}
	return "class"
}

// Declare appends a declared order of two classes.
func (w *Writer) Declare(before, after string) error { return w.line("declare", before, after) }

func (w *Writer) line(kind string, words ...string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.buf = append(w.buf, kind...)
	for _, s := range words {
		w.buf = appendWord(append(w.buf, ' '), s)
	}
	w.buf = append(w.buf, '\n')
	return w.flush()
}

// Report appends a finding, a lockorder.Report in JSON, whose files should be
// as [Writer.Portable] makes them.
func (w *Writer) Report(raw json.RawMessage) error {
	var compact bytes.Buffer
	if err := json.Compact(&compact, raw); err != nil { // no newline gets in
		return err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.buf = append(append(append(w.buf, "report "...), compact.Bytes()...), '\n')
	return w.flush()
}

// Close closes the file that [Create] has made. A process that ends without it
// has lost nothing.
func (w *Writer) Close() error { return w.file.Close() }

// flush writes what the call has to say. After a write that failed nothing more
// is written: later lines would use numbers that are defined nowhere, or continue
// a line that was cut.
func (w *Writer) flush() error {
	if w.failed == nil {
		_, w.failed = w.out.Write(w.buf)
	}
	w.buf = w.buf[:0]
	return w.failed
}

func appendProcess(b []byte, p Process) []byte {
	b = appendWord(append(b, "process "...), p.ID)
	b = appendWord(append(b, ' '), p.Host)
	b = strconv.AppendInt(append(b, ' '), int64(p.PID), 10)
	b = appendWord(append(b, ' '), p.Program)
	b = appendWord(append(b, ' '), p.Module)
	if p.Locks > 0 {
		b = strconv.AppendInt(append(b, ' '), int64(p.Locks), 10)
	}
	return append(b, '\n')
}

func appendFrame(b []byte, f Frame) []byte {
	b = appendWord(b, f.Func)
	return appendWord(append(b, ' '), f.Position())
}
