package lockorder

import (
	"fmt"
	"strings"

	"github.com/interlock-go/interlock/internal/visible"
)

// String returns the report as text. It begins with a line
// "interlock: <tier>: <one sentence>"; every line after it is indented.
// It depends on nothing but the report.
func (r Report) String() string {
	n := newNamer(&r)
	var b strings.Builder
	b.WriteString(r.firstLine())
	b.WriteByte('\n')
	for i := range r.Edges {
		r.writeEdge(&b, n, i)
	}
	r.writeKnot(&b, n)
	for _, g := range r.Gates {
		fmt.Fprintf(&b, "  gate: %s\n", n.full(g))
	}
	if r.Why != "" {
		wrap(&b, "  why: ", visible.Text(r.Why))
	}
	for i, a := range r.Advice {
		label := "   or: "
		if i == 0 {
			label = "  fix: "
		}
		text := visible.Text(a.Text)
		if a.Breaks != "" {
			text += " [breaks " + printable(string(a.Breaks)) + "]"
		}
		wrap(&b, label, text)
	}
	if r.ID != "" {
		fmt.Fprintf(&b, "  id: %s\n", printable(r.ID))
	}
	return b.String()
}

func (r *Report) firstLine() string {
	return "interlock: " + r.Tier.String() + ": " + visible.Text(r.Summary)
}

func (r *Report) writeEdge(b *strings.Builder, n namer, i int) {
	e, behind := r.Edges[i], ""
	if nx := r.next(i); len(r.Edges) > 1 && nx.Via < 0 && nx.Want.Lock.ID == e.Want.Lock.ID && e.State == "" && len(e.Wakers) == 0 {
		behind = fmt.Sprintf("    it waits behind goroutine %d, which asks to write: a waiting writer goes before later readers\n", nx.Goroutine)
	}
	r.writeGoroutine(b, n, e, behind)
}

// writeGoroutine writes an edge and what it waits behind.
func (r *Report) writeGoroutine(b *strings.Builder, n namer, e Edge, behind string) {
	fmt.Fprintf(b, "  goroutine %d", e.Goroutine)
	if e.Phase != "" {
		fmt.Fprintf(b, ", in phase %s,", printable(e.Phase))
	}
	held, ok := e.held()
	if ok {
		fmt.Fprintf(b, " %s", holding(held, n))
	}
	switch {
	case e.State != "" && e.Want.Lock.Type == "":
		fmt.Fprintf(b, " and is %s at %s\n", standing(e.State), atIn(e.Want))
	case r.Kind == KindHeldAtExit:
		b.WriteString(" and has finished\n")
	default:
		fmt.Fprintf(b, "%s\n", asking(e.Want, n, ok))
	}
	for j, h := range e.Held {
		if j != e.Via {
			fmt.Fprintf(b, "    it also %s\n", strings.TrimSuffix(holding(h, n), ","))
		}
	}
	b.WriteString(behind)
	if len(e.Wakers) > 0 {
		fmt.Fprintf(b, "    %s\n", e.wakers())
	}
	if ok {
		writeStack(b, "where it "+lockedWord(held)+" "+n.short(held.Lock), held.Stack)
	}
	if e.Want.Lock.Type != "" {
		writeStack(b, "where it "+askWord(e.Want)+" "+n.short(e.Want.Lock), e.Want.Stack)
	} else {
		writeStack(b, "where it stands", e.Want.Stack)
	}
}

func holding(h Hold, n namer) string {
	if h.Lock.Type == "Once" {
		return fmt.Sprintf("is inside %s, entered at %s,", n.full(h.Lock), atIn(h))
	}
	return fmt.Sprintf("holds %s%s, locked at %s,", n.full(h.Lock), purpose(h), atIn(h))
}

func asking(h Hold, n namer, also bool) string {
	and := ""
	if also {
		and = " and"
	}
	return fmt.Sprintf("%s %s %s%s at %s", and, askWord(h), n.full(h.Lock), purpose(h), atIn(h))
}

// purpose tells the two ways to lock a RWMutex apart.
func purpose(h Hold) string {
	switch {
	case h.Read:
		return " for reading"
	case h.Lock.Type == "RWMutex":
		return " for writing"
	}
	return ""
}

func lockedWord(h Hold) string {
	if h.Lock.Type == "Once" {
		return "entered"
	}
	return "locked"
}

func askWord(h Hold) string {
	switch h.Lock.Type {
	case "Mutex", "RWMutex", "":
		return "asks for"
	case "Once":
		return "calls"
	}
	return "waits on"
}

func writeStack(b *strings.Builder, title string, stack []Frame) {
	if len(stack) == 0 {
		return
	}
	fmt.Fprintf(b, "    %s:\n", title)
	for _, f := range stack {
		fmt.Fprintf(b, "      %s\n        %s:%d\n", printable(f.Func), printable(f.File), f.Line)
	}
}

// width is where sentences are broken.
const width = 108

// wrap writes text in lines that hang under the label.
func wrap(b *strings.Builder, label, text string) {
	b.WriteString(label)
	column := len(label)
	for i, word := range strings.Fields(text) {
		switch {
		case i == 0:
		case column+1+len(word) > width:
			b.WriteString("\n       ")
			column = 7
		default:
			b.WriteByte(' ')
			column++
		}
		b.WriteString(word)
		column += len(word)
	}
	b.WriteByte('\n')
}
