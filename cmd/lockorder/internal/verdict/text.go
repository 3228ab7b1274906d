package verdict

import (
	"fmt"
	"io"
	"strings"

	"github.com/interlock-go/interlock/cmd/lockorder/internal/finding"
	"github.com/interlock-go/interlock/internal/baseline"
	"github.com/interlock-go/interlock/internal/visible"
)

// Formats are what lockorder check can write.
var Formats = map[string]func(*Verdict, io.Writer) error{
	"text": WriteText, "json": writeJSON, "sarif": writeSARIF, "github": writeGitHub,
	"dot": writeDOT, "svg": writeSVG, "html": writeHTML,
}

// FormatNames are their names, for people first.
var FormatNames = []string{"text", "json", "sarif", "github", "dot", "svg", "html"}

// WriteText is for people: what fails comes first and whole.
func WriteText(v *Verdict, out io.Writer) error {
	var b strings.Builder
	for _, f := range v.found {
		if f.Status == finding.New {
			f.Localize(v.Places.ToRead).Print(&b)
		}
	}
	v.writeQuiet(&b)
	v.writeOrders(&b)
	for _, d := range v.idle {
		fmt.Fprintf(&b, "lockorder: declared and never taken: %s before %s\n", visible.Text(d.Before), visible.Text(d.After))
	}
	for _, s := range v.unused {
		fmt.Fprintf(&b, "lockorder: %s:%d: suppresses %s, which was not found\n", v.Name, s.Line, s.ID)
	}
	for _, s := range v.expired {
		fmt.Fprintf(&b, "lockorder: %s\n", v.expiry(s))
	}
	fmt.Fprintf(&b, "lockorder: %s: %s\n", finding.Extent(v.Graph), v.summary())
	_, err := io.WriteString(out, b.String())
	return err
}

// expiry says that a suppression has to be dealt with.
func (v *Verdict) expiry(s baseline.Suppression) string {
	return fmt.Sprintf("%s:%d: the suppression of %s expired on %s (%s): mend the finding, or give it a later day",
		v.Name, s.Line, s.ID, s.Until.Format(baseline.Day), visible.Text(s.Reason))
}

// writeQuiet has a line for each finding that the baseline covers.
func (v *Verdict) writeQuiet(b *strings.Builder) {
	if len(v.found) > 0 {
		b.WriteByte('\n')
	}
	for _, f := range v.found {
		switch f.Status {
		case finding.Known:
			fmt.Fprintf(b, "lockorder: known %s %s%s: %s\n", f.Report.Tier, f.Report.ID, f.Mark(), visible.Text(f.Report.Summary))
		case finding.Suppressed:
			s := v.suppression(f.Report.ID)
			fmt.Fprintf(b, "lockorder: %s %s%s is suppressed until %s: %s\n", f.Report.Tier, s.ID, f.Mark(), s.Until.Format(baseline.Day), visible.Text(s.Reason))
		case finding.New:
		}
	}
}

// writeOrders lists what -update would change.
func (v *Verdict) writeOrders(b *strings.Builder) {
	if v.Name == "" {
		return
	}
	for _, o := range v.diff.New {
		fmt.Fprintf(b, "lockorder: new order: %s\n           at %s\n", o.Names(), o.Places())
	}
}

func (v *Verdict) summary() string {
	var parts []string
	count := func(n int, what string) {
		if n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, what))
		}
	}
	for _, tier := range finding.Tiers {
		n, fails := 0, ""
		for _, f := range v.found {
			if f.Status == finding.New && f.Report.Tier.String() == tier {
				n++
				if v.fails(f) {
					fails = " (fails)"
				}
			}
		}
		count(n, tier+fails)
	}
	known, suppressed := 0, 0
	for _, f := range v.found {
		switch f.Status {
		case finding.Known:
			known++
		case finding.Suppressed:
			suppressed++
		case finding.New:
		}
	}
	if len(parts) == 0 {
		parts = append(parts, "no new finding")
	}
	count(known, "known")
	count(suppressed, "suppressed")
	count(len(v.expired), "expired (fails)")
	if v.Name != "" {
		count(len(v.diff.New), finding.Plural(len(v.diff.New), "new order", "new orders")[2:])
		count(len(v.diff.Absent), "of the baseline not taken")
	}
	return strings.Join(parts, ", ")
}
