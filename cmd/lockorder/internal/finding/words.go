package finding

import (
	"fmt"
	"strconv"
	"unicode"
)

// Printable quotes what could break a line, colour a terminal or reorder a text.
func Printable(s string) string {
	for _, r := range s {
		if r == unicode.ReplacementChar || !unicode.IsPrint(r) {
			return strconv.Quote(s)
		}
	}
	return s
}

// Plural is a number with the noun in the right form.
func Plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
