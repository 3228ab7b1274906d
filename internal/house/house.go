// Package house checks the rules of this repository that no compiler checks:
// who may import whom, what the library may pull into a program, that no file
// escapes every build, and that code which runs where the race detector is
// blind stays invisible to it.
//
// Every check is a function from files or import lists to breaches. The tests
// apply each of them twice: to the repository, and to an input with a planted
// breach, since a check that cannot fail protects nothing.
package house

import (
	"fmt"
	"go/token"
)

// A Breach is one place where a rule is broken.
type Breach struct {
	Where string // file:line, file or import path
	What  string // what is wrong, and what to do where that is not plain
}

func (b Breach) String() string { return b.Where + ": " + b.What }

func at(pos token.Position, format string, args ...any) Breach {
	return Breach{fmt.Sprintf("%s:%d", pos.Filename, pos.Line), fmt.Sprintf(format, args...)}
}
