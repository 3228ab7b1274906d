package verdict

import (
	"fmt"
	"io"
	"strings"

	"github.com/interlock-go/interlock/cmd/lockorder/internal/finding"
)

// writeGitHub writes the workflow commands by which GitHub Actions puts findings
// beside the lines of a pull request, and the text behind them, for the log.
func writeGitHub(v *Verdict, out io.Writer) error {
	var b strings.Builder
	for _, f := range v.found {
		if f.Status != finding.New {
			continue
		}
		level := "notice"
		if v.fails(f) {
			level = "error"
		}
		file, line := "", 0
		if at, ok := v.Places.OfFinding(f.Report); ok {
			file, line = at.File, at.Line
		}
		title := "lockorder: " + f.Report.Tier.String() + " " + f.Report.ID + f.Mark()
		message := strings.TrimRight(f.Text(), "\n") + "\n"
		var outcome strings.Builder
		f.PrintOutcome(&outcome)
		annotate(&b, level, file, line, title, strings.TrimRight(message+outcome.String(), "\n"))
	}
	for _, s := range v.expired {
		annotate(&b, "error", v.Places.Given(v.Name), s.Line, "lockorder: a suppression has expired", v.expiry(s))
	}
	if _, err := io.WriteString(out, b.String()); err != nil {
		return err
	}
	return WriteText(v, out)
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
