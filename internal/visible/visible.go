// Package visible keeps text that comes from elsewhere, as a lock's name does, inside the line it stands in.
package visible

import (
	"strconv"
	"unicode"
)

// Text returns s if every rune of it is visible, else quoted: what it says cannot begin a line of its own, colour a terminal, reorder
// a text, or be what XML cannot hold.
func Text(s string) string {
	for _, r := range s {
		if r == unicode.ReplacementChar || !unicode.IsPrint(r) {
			return strconv.Quote(s)
		}
	}
	return s
}
