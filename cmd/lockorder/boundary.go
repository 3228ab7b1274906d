package main

import (
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// boundaryWatch reads the output of go test for compiler errors that the
// replacement of the locks has caused: a lock whose type another module expects
// to be sync's. Nothing of the output is changed.
type boundaryWatch struct {
	mu       sync.Mutex // the two streams are copied at once
	pkg      string     // of the last "# package" line
	packages []string
}

var (
	packageLine = regexp.MustCompile(`(?:^|"Output":")# ([^\s\\]+)`)
	// mismatch is an error between two types of one name, of which one is ours.
	mismatch = regexp.MustCompile(`cannot use .*\b(?:lockshim|mutex)\.(?:Mutex|RWMutex|Once)\b|` +
		`(?:lockshim|mutex)\.(?:Mutex|RWMutex|Once)\b.*(?:does not (?:satisfy|implement)|mismatched types|wrong type|cannot convert|not assignable)|` +
		`(?:does not (?:satisfy|implement)|mismatched types|wrong type|cannot convert|impossible type).*(?:lockshim|mutex)\.(?:Mutex|RWMutex|Once)\b`)
)

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
  those of sync: with the locks replaced the two have different types.
  Leave out that package, and the one that declares the lock if it is another:
    -plain %s
`, strings.Join(b.packages, ", "), strings.Join(b.packages, ","))
}
