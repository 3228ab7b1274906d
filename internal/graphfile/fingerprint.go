package graphfile

import (
	"encoding/json"
	"slices"
	"strings"
)

// fingerprint is what tells one finding from another across processes: its tier
// and kind and the places in its cycle, wherever the cycle begins. The id that a
// report carries is made of addresses and holds in one build only, so that it
// serves only where there is no place.
func fingerprint(raw json.RawMessage) string {
	var report struct {
		Tier, Kind, ID json.RawMessage
		Edges          []struct {
			Held []sited
			Want sited
		}
	}
	if err := json.Unmarshal(raw, &report); err != nil {
		return string(raw)
	}
	var edges []string
	for _, e := range report.Edges {
		var b strings.Builder
		for _, h := range append(e.Held, e.Want) {
			h.writeTo(&b)
		}
		edges = append(edges, b.String())
	}
	head := string(report.Tier) + " " + string(report.Kind) + " "
	switch {
	case strings.ContainsRune(strings.Join(edges, ""), ':'):
		slices.Sort(edges)
		return head + strings.Join(edges, "; ")
	case len(report.ID) > 0:
		return head + string(report.ID)
	}
	return string(raw)
}

// sited is what a fingerprint needs of a report's lock.
type sited struct {
	Lock  struct{ Class, Type string }
	Read  bool
	Stack []Frame
}

func (s sited) writeTo(b *strings.Builder) {
	b.WriteString(s.Lock.Class + " " + s.Lock.Type)
	if s.Read {
		b.WriteString(" read")
	}
	for _, f := range s.Stack[:min(len(s.Stack), framesThatTell)] {
		b.WriteString(" " + f.Position())
	}
	b.WriteByte(',')
}
