package main

import (
	"bytes"
	"io"
	"sync"
)

// output hands on what the go command prints, line by line, after restore has had
// it.
type output struct {
	mu      sync.Mutex // go test's stream and what lockorder says meanwhile
	out     io.Writer
	restore func([]byte) []byte
	held    []byte // the beginning of a line
}

// A write of up to this many bytes to a pipe is never split (PIPE_BUF is 4096
// on Linux, 512 at least), so what comes in less ends where its writer ended it.
const unsplit = 512

// longestLine bounds what is kept of a line without an end.
const longestLine = 1 << 20

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.held = append(o.held, p...)
	end := bytes.LastIndexByte(o.held, '\n') + 1
	if len(p) <= unsplit || len(o.held)-end > longestLine {
		end = len(o.held) // a prompt, or dots of progress, must not wait for the line's end
	}
	if err := o.emit(end); err != nil {
		return 0, err
	}
	return len(p), nil
}

// flush hands on a last line that has no end.
func (o *output) flush() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.emit(len(o.held))
}

func (o *output) emit(end int) error {
	if end == 0 {
		return nil
	}
	text := o.restore(o.held[:end])
	_, err := o.out.Write(text)
	o.held = append(o.held[:0], o.held[end:]...)
	return err
}

// restored writes with what restore makes of each write.
type restored struct {
	out     io.Writer
	restore func([]byte) []byte
}

func (r restored) Write(p []byte) (int, error) {
	_, err := r.out.Write(r.restore(p))
	return len(p), err
}
