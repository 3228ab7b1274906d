package verdict

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/interlock-go/interlock/cmd/lockorder/internal/finding"
	"github.com/interlock-go/interlock/cmd/lockorder/internal/interleaving"
	"github.com/interlock-go/interlock/internal/visible"
)

// Find takes the beginning of an ID for it, where there is no other.
func (v *Verdict) Find(id string) (finding.Finding, error) {
	var fit finding.List
	for _, f := range v.found {
		if f.Report.ID == id {
			return f, nil
		}
		if id != "" && strings.HasPrefix(f.Report.ID, id) {
			fit = append(fit, f)
		}
	}
	if len(fit) == 1 {
		return fit[0], nil
	}
	if len(fit) == 0 {
		fit = v.found
	}
	if len(fit) == 0 {
		return finding.Finding{}, fmt.Errorf("no finding has the ID %q: these graphs have none at all", id)
	}
	var text strings.Builder
	fmt.Fprintf(&text, "no one finding has the ID %q; there are", id)
	for _, f := range fit {
		fmt.Fprintf(&text, "\n  %s  %s: %s", f.Report.ID, f.Report.Tier, visible.Text(f.Report.Summary))
	}
	return finding.Finding{}, errors.New(text.String())
}

// Explain tells the interleaving by which a finding's goroutines come to wait for each other.
func (v *Verdict) Explain(f finding.Finding, out io.Writer) error {
	r := finding.Localize(f.Report, v.Places.ToRead)
	var b strings.Builder
	fmt.Fprintf(&b, "lockorder: %s %s: %s\n\n", r.Tier, r.ID, visible.Text(r.Summary))
	t := interleaving.Tell(r)
	for i, e := range r.Edges {
		fmt.Fprintf(&b, "  %s is goroutine %d", t.Who(i), e.Goroutine)
		if e.Phase != "" {
			fmt.Fprintf(&b, " in phase %s", visible.Text(e.Phase))
		}
		b.WriteByte('\n')
	}
	if len(r.Writers) > 0 {
		b.WriteString("  W is a writer who is yet to come\n")
	}
	b.WriteByte('\n')
	steps, end := interleaving.Of(r)
	for i, s := range steps {
		indent := strings.Repeat("    ", min(s.Index, 6))
		fmt.Fprintf(&b, "%4d.  %s%s %s\n", i+1, indent, s.Who, s.Does)
		if s.At.File != "" {
			fmt.Fprintf(&b, "       %s    %s:%d in %s\n", indent, visible.Text(s.At.File), s.At.Line, visible.Text(s.At.Func))
		}
	}
	fmt.Fprintf(&b, "\n  %s\n", end)
	if r.Why != "" {
		fmt.Fprintf(&b, "\n  why: %s\n", visible.Text(r.Why))
	}
	for i, a := range r.Advice {
		label := "or: "
		if i == 0 {
			label = "fix:"
		}
		fmt.Fprintf(&b, "  %s %s\n", label, visible.Text(a.Text))
	}
	_, err := io.WriteString(out, b.String())
	return err
}
