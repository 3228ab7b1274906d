package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/interlock-go/interlock/lockorder"
)

// writeGitHub writes the workflow commands by which GitHub Actions puts findings
// beside the lines of a pull request, and the text behind them, for the log.
func writeGitHub(c *checked, out io.Writer) error {
	var b strings.Builder
	for _, f := range c.found {
		if f.status != isNew {
			continue
		}
		level := "notice"
		if c.fails(f) {
			level = "error"
		}
		file, line := "", 0
		if at, ok := c.places.ofFinding(f.report); ok {
			file, line = at.File, at.Line
		}
		title := "lockorder: " + f.report.Tier.String() + " " + f.report.ID + f.mark()
		message := strings.TrimRight(f.text(), "\n") + "\n"
		var outcome strings.Builder
		f.printOutcome(&outcome)
		annotate(&b, level, file, line, title, strings.TrimRight(message+outcome.String(), "\n"))
	}
	for _, s := range c.expired {
		annotate(&b, "error", c.places.toReport(c.name), s.Line, "lockorder: a suppression has expired", c.expiry(s))
	}
	if _, err := io.WriteString(out, b.String()); err != nil {
		return err
	}
	return writeText(c, out)
}

func annotate(b *strings.Builder, level, file string, line int, title, message string) {
	b.WriteString("::" + level + " ")
	if file != "" {
		fmt.Fprintf(b, "file=%s,line=%d,", escapeProperty(file), max(line, 1))
	}
	fmt.Fprintf(b, "title=%s::%s\n", escapeProperty(title), escapeData(message))
}

// escapeData and escapeProperty keep a text inside its command: see GitHub's
// "Workflow commands".
func escapeData(s string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A").Replace(s)
}

func escapeProperty(s string) string {
	return strings.NewReplacer(":", "%3A", ",", "%2C").Replace(escapeData(s))
}

// ofFinding is the place of a finding in the repository: the first at which one of
// its goroutines asks for a lock, or one where a lock was taken.
func (p places) ofFinding(r lockorder.Report) (lockorder.Frame, bool) {
	var stacks [][]lockorder.Frame
	for _, e := range r.Edges {
		stacks = append(stacks, e.Want.Stack)
	}
	for _, e := range r.Edges {
		for _, h := range e.Held {
			stacks = append(stacks, h.Stack)
		}
	}
	for _, stack := range stacks {
		for _, f := range stack {
			if file, ok := p.inRepository(f.File); ok {
				f.File = file
				return f, true
			}
		}
	}
	return lockorder.Frame{}, false
}

// toReport is the path of a file for a machine: from the repository's root, or as
// it is in the graph.
func (p places) toReport(file string) string {
	path, _ := p.inRepository(file)
	return path
}
