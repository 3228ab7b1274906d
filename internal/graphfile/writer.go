package graphfile

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// The wire forms: each line says its kind first.
type (
	processLine struct {
		Kind    string `json:"kind"`
		Format  string `json:"format"`
		Version int    `json:"version"`
		Process
	}
	orderLine struct {
		Kind string `json:"kind"`
		Order
	}
	reportLine struct {
		Kind string `json:"kind"`
		Report
	}
)

// Writer appends to the file of this process. Its methods may be called from
// several goroutines at once: a line is one write to a file opened for
// appending, so lines never mix and no lock of ours is needed.
type Writer struct {
	out  io.WriteCloser
	name string
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
	cwd, _ := os.Getwd() // without it the report is a little poorer, no more
	w := &Writer{out: file, name: file.Name()}
	if err := w.Process(Process{Program: program, PID: os.Getpid(), Dir: cwd}); err != nil {
		_ = file.Close()
		return nil, err
	}
	return w, nil
}

// create opens a file that did not exist: a pid comes back after a while, and
// hosts that share a directory have the same ones.
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

// Name is the path of the file.
func (w *Writer) Name() string { return w.name }

// Process begins the part of another process, in a merged file.
func (w *Writer) Process(p Process) error {
	return w.line(processLine{"process", formatName, Version, p})
}

// Order appends one order.
func (w *Writer) Order(o Order) error {
	return w.line(orderLine{"order", o})
}

// Report appends a finding, a lockorder.Report in JSON.
func (w *Writer) Report(raw json.RawMessage) error {
	return w.line(reportLine{"report", Report{Raw: raw}})
}

// Close closes the file. A process that ends without it has lost nothing.
func (w *Writer) Close() error { return w.out.Close() }

func (w *Writer) line(v any) error {
	text, err := json.Marshal(v) // compacts a RawMessage, so no newline gets in
	if err != nil {
		return err
	}
	_, err = w.out.Write(append(text, '\n'))
	return err
}
