package baseline

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
)

// WriteTo writes the file, sorted: equal baselines give equal files, and one more
// order is two more lines.
func (f *File) WriteTo(out io.Writer) (int64, error) {
	var b strings.Builder
	b.WriteString(magic + "\n")
	for _, c := range f.Comments {
		b.WriteString(c + "\n")
	}
	for _, d := range f.Declared { // by hand, so in the order of the hand
		fmt.Fprintf(&b, "declare %s %s\n", quoted(d.Before), quoted(d.After))
	}
	for _, s := range slices.SortedFunc(slices.Values(f.Suppressed), func(a, b Suppression) int { return cmp.Compare(a.ID, b.ID) }) {
		fmt.Fprintf(&b, "suppress %s until %s because %s\n", s.ID, s.Until.Format(Day), s.Reason)
	}
	for _, o := range Merge(f.Orders) {
		fmt.Fprintf(&b, "order %s\n\t%s\n", o.Names(), o.Places())
	}
	n, err := io.WriteString(out, b.String())
	return int64(n), err
}
