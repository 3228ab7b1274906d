package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/interlock-go/interlock/internal/graphfile"
	"github.com/interlock-go/interlock/lockorder"
)

// hangWatch says at once that a test has deadlocked: go test holds back what the
// test prints, and waits for its -timeout, ten minutes unless given.
type hangWatch struct {
	dir  string
	out  io.Writer
	read map[string]int64 // how much of each graph file has been looked at
}

// pollHangs is how often the graph files are looked at: rarely next to what it
// costs, and often next to the patience of a person.
const pollHangs = time.Second

// watchHangs watches the graph files in dir until stop is called.
func watchHangs(dir string, out io.Writer) (stop func()) {
	w := &hangWatch{dir: dir, out: out, read: map[string]int64{}}
	done, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		tick := time.NewTicker(pollHangs)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				w.poll()
			case <-done:
				return
			}
		}
	}()
	return func() {
		close(done)
		<-ended
	}
}

// poll looks at what the files have since the last time. A file that cannot be
// read is named when they are merged.
func (w *hangWatch) poll() {
	files, _ := filepath.Glob(filepath.Join(w.dir, "*"+graphfile.Extension))
	for _, name := range files {
		if info, err := os.Stat(name); err != nil || info.Size() == w.read[name] {
			continue
		}
		content, err := readFrom(name, w.read[name])
		if err != nil {
			continue
		}
		whole := content[:bytes.LastIndexByte(content, '\n')+1]
		w.read[name] += int64(len(whole))
		for line := range bytes.Lines(whole) {
			if bytes.Contains(line, []byte(`"tier":"deadlock"`)) {
				w.say(name, line)
			}
		}
	}
}

func readFrom(name string, offset int64) ([]byte, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	if _, err := file.Seek(offset, io.SeekStart); err != nil {
		return nil, err
	}
	return io.ReadAll(file)
}

func (w *hangWatch) say(name string, line []byte) {
	raw, isReport := bytes.CutPrefix(line, []byte("report "))
	var found lockorder.Report
	if !isReport || json.Unmarshal(raw, &found) != nil || found.Tier != lockorder.Deadlock || found.Refused {
		return // one that was refused goes on
	}
	process := strings.TrimSuffix(filepath.Base(name), graphfile.Extension)
	fmt.Fprintf(w.out, "lockorder: %s has deadlocked and may hang until the -timeout of go test: %s\n", process, found.Summary)
}
