package graphfile

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
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

// Reader reads the lines of one file.
type Reader struct {
	in   *bufio.Reader
	name string
	line int
}

// NewReader reads from in; name is for errors.
func NewReader(in io.Reader, name string) *Reader {
	return &Reader{in: bufio.NewReaderSize(in, 64<<10), name: name}
}

// Next returns the next line as a *Process, *Order or *Report, and io.EOF after
// the last. Any other error is a *FileError, and nothing is returned after it.
func (r *Reader) Next() (any, error) {
	text, err := r.in.ReadBytes('\n')
	if err == io.EOF && len(text) == 0 && r.line > 0 {
		return nil, io.EOF
	}
	r.line++
	switch {
	case err == io.EOF && r.line == 1 && !bytes.HasPrefix(text, []byte(`{"kind":"process"`)):
		return nil, r.fail(ErrForeign)
	case err == io.EOF:
		return nil, r.fail(ErrTruncated)
	case err != nil:
		return nil, r.fail(err)
	}
	line, err := r.decode(text)
	if err != nil {
		return nil, r.fail(err)
	}
	return line, nil
}

func (r *Reader) fail(err error) error {
	return &FileError{File: r.name, Line: r.line, Err: err}
}

func (r *Reader) decode(text []byte) (any, error) {
	kind := kindOf(text)
	if r.line == 1 && kind != "process" {
		return nil, ErrForeign
	}
	switch kind {
	case "process":
		return decodeProcess(text)
	case "order":
		var line orderLine
		if err := json.Unmarshal(text, &line); err != nil {
			return nil, err
		}
		return &line.Order, line.validate()
	case "report":
		var line reportLine
		if err := json.Unmarshal(text, &line); err != nil {
			return nil, err
		}
		if len(line.Raw) == 0 {
			return nil, errors.New("report is empty")
		}
		return &line.Report, nil
	}
	return nil, fmt.Errorf("unknown kind of line %q", kind)
}

// kindOf reads the kind without decoding the line twice when the line is as the
// Writer makes it.
func kindOf(text []byte) string {
	const head = `{"kind":"`
	if rest, ok := bytes.CutPrefix(text, []byte(head)); ok {
		if kind, _, ended := bytes.Cut(rest, []byte(`"`)); ended {
			return string(kind)
		}
	}
	var line struct{ Kind string }
	if json.Unmarshal(text, &line) != nil {
		return ""
	}
	return line.Kind
}

func decodeProcess(text []byte) (*Process, error) {
	var line processLine
	if err := json.Unmarshal(text, &line); err != nil {
		return nil, err
	}
	if line.Format != formatName {
		return nil, ErrForeign
	}
	if line.Version != Version {
		return nil, fmt.Errorf("format version %d, this program reads %d", line.Version, Version)
	}
	return &line.Process, nil
}
