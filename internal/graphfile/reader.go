package graphfile

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
)

// A FileError says which line of which file could not be read.
type FileError struct {
	File string
	Line int
	Err  error
}

func (e *FileError) Error() string { return fmt.Sprintf("%s:%d: %v", e.File, e.Line, e.Err) }

// Unwrap returns the cause.
func (e *FileError) Unwrap() error { return e.Err }

// ErrTruncated is the cause when a file ends inside a line: its process was
// killed in the middle of a write, or the disk was full.
var ErrTruncated = errors.New("truncated: the line does not end")

// ErrForeign is the cause when a file is not a graph file.
var ErrForeign = errors.New("not an interlock graph file")

// ReadProcess reads who wrote a file, from its beginning.
func ReadProcess(name string) (Process, error) {
	file, err := os.Open(name)
	if err != nil {
		return Process{}, err
	}
	defer file.Close()
	p := part{graph: NewGraph()}
	r := &lines{in: bufio.NewReader(file), name: name}
	for len(p.processes) == 0 {
		if err := r.next(&p); err == io.EOF {
			return Process{}, &FileError{name, r.number, errNoProcess}
		} else if err != nil {
			return Process{}, err
		}
	}
	return p.processes[0], nil
}

var errNoProcess = errors.New("no process has written it")

// lines feeds the lines of a file to a part.
type lines struct {
	in     *bufio.Reader
	name   string
	number int
	long   []byte // a line that does not fit into in's buffer
}

// next hands on one line. After the last it returns io.EOF, and any other error
// is a *FileError.
func (l *lines) next(p *part) error {
	line, err := l.read()
	if err == io.EOF && len(line) == 0 && l.number > 0 {
		if err := p.end(); err != nil {
			return &FileError{l.name, l.number, err}
		}
		return io.EOF
	}
	l.number++
	switch {
	case err == io.EOF && l.number == 1 && !bytes.HasPrefix(line, []byte(magic)):
		err = ErrForeign
	case err == io.EOF:
		err = ErrTruncated
	case err == nil && l.number == 1:
		err = header(line[:len(line)-1])
	case err == nil:
		err = p.line(line[:len(line)-1])
	}
	if err != nil {
		return &FileError{l.name, l.number, err}
	}
	return nil
}

// read returns a line with its end. It is valid until the next call.
func (l *lines) read() ([]byte, error) {
	line, err := l.in.ReadSlice('\n')
	if err != bufio.ErrBufferFull {
		return line, err
	}
	l.long = append(l.long[:0], line...)
	for err == bufio.ErrBufferFull {
		line, err = l.in.ReadSlice('\n')
		l.long = append(l.long, line...)
	}
	return l.long, err
}

func header(line []byte) error {
	rest, ok := bytes.CutPrefix(line, []byte(magic))
	version, err := strconv.Atoi(string(rest))
	switch {
	case !ok || err != nil:
		return ErrForeign
	case version != Version:
		return fmt.Errorf("format version %d, this program reads %d", version, Version)
	}
	return nil
}

func parseProcess(line []byte) (Process, error) {
	var p Process
	var pid []byte
	var err error
	for _, field := range []*string{&p.ID, &p.Host} {
		if *field, line, err = textWord(line); err != nil {
			return p, err
		}
	}
	if pid, line, err = word(line); err != nil {
		return p, err
	}
	if p.PID, err = strconv.Atoi(string(pid)); err != nil {
		return p, errNumber
	}
	for _, field := range []*string{&p.Program, &p.Module} {
		if *field, line, err = textWord(line); err != nil {
			return p, err
		}
	}
	if len(line) > 0 {
		if p.Locks, err = strconv.Atoi(string(line)); err != nil || p.Locks < 0 {
			return p, errNumber
		}
	}
	if p.ID == "" {
		return p, errors.New("a process without an ID")
	}
	return p, nil
}

func parseFrame(line []byte) (Frame, error) {
	var f Frame
	var position string
	var err error
	if f.Func, line, err = textWord(line); err != nil {
		return f, err
	}
	if position, line, err = textWord(line); err != nil {
		return f, err
	}
	colon := bytes.LastIndexByte([]byte(position), ':')
	if colon < 0 || len(line) > 0 {
		return f, errors.New("a frame is not FUNCTION FILE:LINE")
	}
	f.File = position[:colon]
	if f.Line, err = strconv.Atoi(position[colon+1:]); err != nil {
		return f, errNumber
	}
	return f, nil
}
