// Package classfile reads and writes the table that tells a running program of
// which class the lock is that it acquires at a place of its source.
//
// The table is text, so that a person can look up why a lock has its name: a
// first line with the format's version, then for each class a line "class NAME",
// or "var NAME" if the program has one lock of it, and below it a line with a
// space, the number of the line and the path of the file for each place where a
// lock of the class is acquired.
//
// A program reads it at its start, so it is no JSON, which takes ten times as long.
package classfile

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
)

// Class is a lock's identity in the source, and where locks of it are acquired.
type Class struct {
	// Name is "import/path.Type.field", "import/path.variable" or
	// "import/path.function.variable".
	Name string
	// Single says that there is one lock of the class: it is a package's variable.
	Single bool
	Places []Place
}

// Place is a line of a file, as the program's line tables name it.
type Place struct {
	File string
	Line int
}

const header = "interlock-classes 1"

// ErrForeign is the cause when a file is no table of classes.
var ErrForeign = errors.New("not a table of lock classes")

// Write writes classes, sorted by name. A name or a path with a line break in it
// is left out: no table could say it.
func Write(out io.Writer, classes []Class) error {
	w := bufio.NewWriter(out)
	fmt.Fprintln(w, header)
	sorted := slices.SortedStableFunc(slices.Values(classes), func(a, b Class) int { return cmp.Compare(a.Name, b.Name) })
	for _, c := range sorted {
		if !oneLine(c.Name) {
			continue
		}
		fmt.Fprintln(w, kindOf(c), c.Name)
		for _, p := range c.Places {
			if oneLine(p.File) {
				fmt.Fprintf(w, " %d %s\n", p.Line, p.File)
			}
		}
	}
	return w.Flush()
}

func oneLine(s string) bool { return s != "" && !strings.ContainsAny(s, "\r\n") }

func kindOf(c Class) string {
	if c.Single {
		return "var"
	}
	return "class"
}

// Read reads what Write has written. The error names the line that is wrong.
func Read(text string) ([]Class, error) {
	first, rest, ended := strings.Cut(text, "\n")
	if first != header {
		return nil, ErrForeign
	}
	if !ended || rest != "" && rest[len(rest)-1] != '\n' {
		return nil, errors.New("truncated: the last line does not end")
	}
	var classes []Class
	number := 1
	for rest != "" {
		var line string
		line, rest, _ = strings.Cut(rest, "\n")
		number++
		word, operand, _ := strings.Cut(strings.TrimPrefix(line, " "), " ")
		switch at, err := strconv.Atoi(word); {
		case operand == "":
			return nil, fmt.Errorf("line %d: %q names nothing", number, line)
		case !oneLine(operand): // Write could not say it
			return nil, fmt.Errorf("line %d: %q ends in a carriage return", number, line)
		case line[0] != ' ' && (word == "class" || word == "var"):
			classes = append(classes, Class{Name: operand, Single: word == "var"})
		case line[0] == ' ' && err == nil && len(classes) > 0:
			c := &classes[len(classes)-1]
			c.Places = append(c.Places, Place{File: operand, Line: at})
		default:
			return nil, fmt.Errorf("line %d: %q is neither a class nor a place", number, line)
		}
	}
	return classes, nil
}
