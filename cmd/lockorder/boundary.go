package main

import (
	"bytes"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/interlock-go/interlock/internal/overlay"
)

// boundaryWatch reads the output of go test for compiler errors that the
// replacement of the locks has caused: a lock whose type another module expects
// to be sync's. Nothing of the output is changed.
type boundaryWatch struct {
	mu       sync.Mutex // the two streams are copied at once
	pkg      string     // of the last "# package" line
	packages []string
	first    string
}

var (
	packageLine = regexp.MustCompile(`(?:^|"Output":")# ([^\s\\]+)`)
	// mismatch is an error between two types of one name, of which one is ours.
	mismatch = regexp.MustCompile(`cannot use .*\b(?:lockshim|mutex)\.(?:Mutex|RWMutex|Once)\b|` +
		`(?:lockshim|mutex)\.(?:Mutex|RWMutex|Once)\b.*(?:does not (?:satisfy|implement)|mismatched types|wrong type|cannot convert|not assignable)|` +
		`(?:does not (?:satisfy|implement)|mismatched types|wrong type|cannot convert|impossible type).*(?:lockshim|mutex)\.(?:Mutex|RWMutex|Once)\b`)
)

// tee returns a writer to out that also watches.
func (b *boundaryWatch) tee(out io.Writer) io.Writer {
	return &teeWriter{watch: b, out: out}
}

type teeWriter struct {
	watch   *boundaryWatch
	out     io.Writer
	partial []byte
}

// longestLine bounds what is kept of a line without an end.
const longestLine = 64 << 10

func (t *teeWriter) Write(p []byte) (int, error) {
	n, err := t.out.Write(p)
	rest := p
	for {
		line, after, ended := bytes.Cut(rest, []byte("\n"))
		if len(t.partial)+len(line) <= longestLine {
			t.partial = append(t.partial, line...)
		}
		if !ended {
			return n, err
		}
		t.watch.line(string(t.partial))
		t.partial, rest = t.partial[:0], after
	}
}

func (b *boundaryWatch) line(text string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if m := packageLine.FindStringSubmatch(text); m != nil {
		b.pkg = m[1]
		return
	}
	if b.pkg == "" || !mismatch.MatchString(text) {
		return
	}
	if b.first == "" {
		b.first = strings.TrimSpace(text)
	}
	if !slices.Contains(b.packages, b.pkg) {
		b.packages = append(b.packages, b.pkg)
	}
}

// explain says what to do about the errors, if there were any.
func (b *boundaryWatch) explain(stderr io.Writer) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.packages) == 0 {
		return
	}
	fmt.Fprintf(stderr, `lockorder: %s did not build because a lock of it crosses to a package that keeps
	those of sync: in the audit the two have different types (%s).
	Leave out that package, and the one that declares the lock if it is another:
		-plain %s
`, strings.Join(b.packages, ", "), overlay.Shim, strings.Join(b.packages, ","))
}
