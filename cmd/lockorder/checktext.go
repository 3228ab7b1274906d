package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/interlock-go/interlock/internal/baseline"
)

// formats are what lockorder check can write.
var formats = map[string]func(*checked, io.Writer) error{
	"text": writeText, "json": writeJSON, "sarif": writeSARIF, "github": writeGitHub,
	"dot": writeDOT, "svg": writeSVG, "html": writeHTML,
}

var formatNames = []string{"text", "json", "sarif", "github", "dot", "svg", "html"}

// writeText is for people: what fails comes first and whole.
func writeText(c *checked, out io.Writer) error {
	var b strings.Builder
	for _, f := range c.found {
		if f.status == isNew {
			f.localize(c.places.toRead).print(&b)
		}
	}
	c.writeQuiet(&b)
	c.writeOrders(&b)
	for _, d := range c.idle {
		fmt.Fprintf(&b, "lockorder: declared and never taken: %s before %s\n", printable(d.Before), printable(d.After))
	}
	for _, s := range c.unused {
		fmt.Fprintf(&b, "lockorder: %s:%d: suppresses %s, which was not found\n", c.name, s.Line, s.ID)
	}
	for _, s := range c.expired {
		fmt.Fprintf(&b, "lockorder: %s\n", c.expiry(s))
	}
	fmt.Fprintf(&b, "lockorder: %s: %s\n", extent(c.graph), c.summary())
	_, err := io.WriteString(out, b.String())
	return err
}

// expiry says that a suppression has to be dealt with.
func (c *checked) expiry(s baseline.Suppression) string {
	return fmt.Sprintf("%s:%d: the suppression of %s expired on %s (%s): mend the finding, or give it a later day",
		c.name, s.Line, s.ID, s.Until.Format(baseline.Day), printable(s.Reason))
}

// writeQuiet has a line for each finding that the baseline covers.
func (c *checked) writeQuiet(b *strings.Builder) {
	if len(c.found) > 0 {
		b.WriteByte('\n')
	}
	for _, f := range c.found {
		switch f.status {
		case isKnown:
			fmt.Fprintf(b, "lockorder: known %s %s%s: %s\n", f.report.Tier, f.report.ID, f.mark(), printable(f.report.Summary))
		case isSuppressed:
			s := c.suppression(f.report.ID)
			fmt.Fprintf(b, "lockorder: %s %s%s is suppressed until %s: %s\n", f.report.Tier, s.ID, f.mark(), s.Until.Format(baseline.Day), printable(s.Reason))
		case isNew:
		}
	}
}

// writeOrders lists what -update would change.
func (c *checked) writeOrders(b *strings.Builder) {
	if c.name == "" {
		return
	}
	for _, o := range c.diff.New {
		fmt.Fprintf(b, "lockorder: new order: %s\n           at %s\n", o.Names(), o.Places())
	}
}

func (c *checked) summary() string {
	var parts []string
	count := func(n int, what string) {
		if n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, what))
		}
	}
	for _, tier := range tiers {
		n, fails := 0, ""
		for _, f := range c.found {
			if f.status == isNew && f.report.Tier.String() == tier {
				n++
				if c.fails(f) {
					fails = " (fails)"
				}
			}
		}
		count(n, tier+fails)
	}
	known, suppressed := 0, 0
	for _, f := range c.found {
		switch f.status {
		case isKnown:
			known++
		case isSuppressed:
			suppressed++
		case isNew:
		}
	}
	if len(parts) == 0 {
		parts = append(parts, "no new finding")
	}
	count(known, "known")
	count(suppressed, "suppressed")
	count(len(c.expired), "expired (fails)")
	if c.name != "" {
		count(len(c.diff.New), plural(len(c.diff.New), "new order", "new orders")[2:])
		count(len(c.diff.Absent), "of the baseline not taken")
	}
	return strings.Join(parts, ", ")
}
