package main

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode"

	"github.com/interlock-go/interlock/lockorder"
)

// explain is the command lockorder explain.
func explain(args []string, stdout, stderr io.Writer) int {
	a := &checkArgs{graphArgs: newGraphArgs("explain"), fail: goArgs{fail: defaultFail}}
	a.flags.StringVar(&a.baseline, "baseline", "", "")
	a.flags.BoolVar(&a.partial, "partial", false, "")
	if err := a.parse(args); err != nil {
		return fail(stderr, err)
	}
	if a.flags.NArg() == 0 {
		return fail(stderr, errors.New("explain what? The command is lockorder explain ID GRAPH"))
	}
	id := a.flags.Arg(0)
	if err := a.flags.Parse(a.flags.Args()[1:]); err != nil { // flags may follow
		return fail(stderr, err)
	}
	c, err := a.compare(stderr)
	if err != nil {
		return fail(stderr, err)
	}
	f, err := c.find(id)
	if err != nil {
		return fail(stderr, err)
	}
	if err := a.write(stdout, func(w io.Writer) error { return writeExplanation(w, localize(f.report, c.places.toRead)) }); err != nil {
		return fail(stderr, err)
	}
	return exitOK
}

// find takes the beginning of an ID for it, where there is no other.
func (c *checked) find(id string) (finding, error) {
	var fit findings
	for _, f := range c.found {
		if f.report.ID == id {
			return f, nil
		}
		if id != "" && strings.HasPrefix(f.report.ID, id) {
			fit = append(fit, f)
		}
	}
	if len(fit) == 1 {
		return fit[0], nil
	}
	if len(fit) == 0 {
		fit = c.found
	}
	if len(fit) == 0 {
		return finding{}, fmt.Errorf("no finding has the ID %q: these graphs have none at all", id)
	}
	var text strings.Builder
	fmt.Fprintf(&text, "no one finding has the ID %q; there are", id)
	for _, f := range fit {
		fmt.Fprintf(&text, "\n  %s  %s: %s", f.report.ID, f.report.Tier, printable(f.report.Summary))
	}
	return finding{}, errors.New(text.String())
}

func writeExplanation(out io.Writer, r lockorder.Report) error {
	var b strings.Builder
	fmt.Fprintf(&b, "lockorder: %s %s: %s\n\n", r.Tier, r.ID, printable(r.Summary))
	t := teller{r: r}
	for i, e := range r.Edges {
		fmt.Fprintf(&b, "  %s is goroutine %d", t.who(i), e.Goroutine)
		if e.Phase != "" {
			fmt.Fprintf(&b, " in phase %s", printable(e.Phase))
		}
		b.WriteByte('\n')
	}
	if len(r.Writers) > 0 {
		b.WriteString("  W is a writer who is yet to come\n")
	}
	b.WriteByte('\n')
	steps, end := interleaving(r)
	for i, s := range steps {
		indent := strings.Repeat("    ", min(s.index, 6))
		fmt.Fprintf(&b, "%4d.  %s%s %s\n", i+1, indent, s.who, s.does)
		if s.at.File != "" {
			fmt.Fprintf(&b, "       %s    %s:%d in %s\n", indent, printable(s.at.File), s.at.Line, printable(s.at.Func))
		}
	}
	fmt.Fprintf(&b, "\n  %s\n", end)
	if r.Why != "" {
		fmt.Fprintf(&b, "\n  why: %s\n", printable(r.Why))
	}
	for i, a := range r.Advice {
		label := "or: "
		if i == 0 {
			label = "fix:"
		}
		fmt.Fprintf(&b, "  %s %s\n", label, printable(a.Text))
	}
	_, err := io.WriteString(out, b.String())
	return err
}

// printable quotes what could break a line, colour a terminal or reorder a text.
func printable(s string) string {
	for _, r := range s {
		if r == unicode.ReplacementChar || !unicode.IsPrint(r) {
			return strconv.Quote(s)
		}
	}
	return s
}
