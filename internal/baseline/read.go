package baseline

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/interlock-go/interlock/internal/graphfile"
)

// magic is the first line of every baseline.
const magic = "lockorder-baseline 1"

// An Error says which line of a baseline is wrong.
type Error struct {
	File string
	Line int
	Err  error
}

func (e *Error) Error() string { return fmt.Sprintf("%s:%d: %v", e.File, e.Line, e.Err) }

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Day is how a suppression's day is written.
const Day = time.DateOnly

// Read reads a baseline; name is for errors. Any error but one of in's is an
// *Error.
func Read(in io.Reader, name string) (*File, error) {
	var f File
	text, err := io.ReadAll(in)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	number := 0
	for line := range strings.Lines(string(text)) {
		number++
		line, ended := strings.CutSuffix(line, "\n")
		err := f.line(line, number)
		if err == nil && !ended {
			err = errTruncated
		}
		if err != nil {
			return nil, &Error{name, number, err}
		}
	}
	if number == 0 {
		return nil, &Error{name, 1, errForeign}
	}
	if n := len(f.Orders); n > 0 && f.Orders[n-1].Locks[0].Position == "" {
		return nil, &Error{name, number, errPlaces}
	}
	return &f, nil
}

var (
	errForeign   = errors.New(`not a baseline: the first line is not "` + magic + `"`)
	errTruncated = errors.New("truncated: the last line does not end as every line does")
	errPlaces    = errors.New("the order before this line has no line of places")
)

func (f *File) line(text string, number int) error {
	text = strings.TrimRight(text, "\r") // a checkout may have changed the ends of lines
	if number == 1 {
		switch {
		case text == magic:
			return nil
		case strings.HasPrefix(text, "lockorder-baseline "):
			return fmt.Errorf("a baseline of another version: %s", text)
		case conflict(text):
			return errConflict
		}
		return errForeign
	}
	if conflict(text) {
		return errConflict
	}
	open := len(f.Orders) > 0 && f.Orders[len(f.Orders)-1].Locks[0].Position == ""
	if places, ok := strings.CutPrefix(text, "\t"); ok {
		if !open {
			return errors.New("a line of places without an order")
		}
		return f.Orders[len(f.Orders)-1].places(places)
	}
	if open {
		return errPlaces
	}
	kind, rest, _ := strings.Cut(text, " ")
	switch {
	case strings.TrimSpace(text) == "":
		return nil
	case strings.HasPrefix(text, "#"):
		f.Comments = append(f.Comments, text)
		return nil
	case kind == "order":
		return f.order(rest, number)
	case kind == "declare":
		return f.declare(rest, number)
	case kind == "suppress":
		return f.suppress(rest, number)
	}
	return fmt.Errorf("unknown kind of line %q; there are order, declare, suppress and # comments", kind)
}

var errConflict = errors.New("a conflict marker: the baseline was merged and not resolved; take both sides, or run lockorder check -update")

func conflict(text string) bool {
	for _, marker := range []string{"<<<<<<<", "=======", ">>>>>>>", "|||||||"} {
		if strings.HasPrefix(text, marker) {
			return true
		}
	}
	return false
}

func (f *File) order(rest string, number int) error {
	words, err := split(rest)
	if err != nil {
		return err
	}
	n := len(words)
	if n < 3 || n%2 == 0 || words[n-3] != separator {
		return errors.New("an order is NAME MODE... > NAME MODE")
	}
	o := Order{Line: number}
	words = slices.Delete(words, n-3, n-2)
	for i := 0; i < len(words); i += 2 {
		name, mode := words[i].text, words[i+1].text
		if mode != "Lock" && mode != "RLock" {
			return fmt.Errorf("mode %q is neither Lock nor RLock", mode)
		}
		if name == "" || words[i] == separator {
			return errors.New("an order is NAME MODE... > NAME MODE")
		}
		o.Locks = append(o.Locks, Lock{Name: name, Mode: mode, Classed: !placed(name) || words[i].quote && plain(name)})
	}
	f.Orders = append(f.Orders, o)
	return nil
}

// placed tells the name of a lock without a class from that of a class. A class
// with such a name is written in quotes.
func placed(name string) bool { return strings.HasPrefix(name, graphfile.Placed) }

func (o *Order) places(text string) error {
	words, err := split(text)
	if err != nil {
		return err
	}
	n := len(words)
	if n != len(o.Locks)+1 || words[n-2] != separator {
		return fmt.Errorf("%d places for the %d locks of the order", max(n-1, 0), len(o.Locks))
	}
	for i, w := range slices.Delete(words, n-2, n-1) {
		if w.text == "" {
			return errors.New("a place is empty")
		}
		o.Locks[i].Position = w.text
	}
	return nil
}

func (f *File) declare(rest string, number int) error {
	words, err := split(rest)
	if err != nil {
		return err
	}
	if len(words) < 2 {
		return errors.New("a declaration is declare CLASS CLASS, or more of them")
	}
	if slices.ContainsFunc(words, func(w word) bool { return w.text == "" }) {
		return errors.New("a declared class has no name")
	}
	for i := 1; i < len(words); i++ {
		pair := graphfile.Declaration{Before: words[i-1].text, After: words[i].text}
		f.Declared = append(f.Declared, Declaration{pair, number})
	}
	return nil
}

func (f *File) suppress(rest string, number int) error {
	fields := strings.SplitN(rest, " ", 5)
	if len(fields) < 5 || fields[0] == "" || fields[1] != "until" || fields[3] != "because" || strings.TrimSpace(fields[4]) == "" {
		return errors.New("a suppression is suppress ID until YYYY-MM-DD because REASON")
	}
	until, err := time.Parse(Day, fields[2])
	if err != nil {
		return fmt.Errorf("the day %q is not YYYY-MM-DD", fields[2])
	}
	if at := slices.IndexFunc(f.Suppressed, func(s Suppression) bool { return s.ID == fields[0] }); at >= 0 {
		return fmt.Errorf("%s is suppressed in line %d already", fields[0], f.Suppressed[at].Line)
	}
	f.Suppressed = append(f.Suppressed, Suppression{fields[0], strings.TrimSpace(fields[4]), until, number})
	return nil
}

// word is one of a line; a quoted > is none that separates.
type word struct {
	text  string
	quote bool
}

var separator = word{text: ">"}

func split(text string) ([]word, error) {
	var words []word
	for text != "" {
		w := word{}
		if text[0] == '"' {
			quote, err := strconv.QuotedPrefix(text)
			if err != nil {
				return nil, errors.New("a quoted word does not end")
			}
			w.quote = true
			w.text, _ = strconv.Unquote(quote)
			text = text[len(quote):]
			if text != "" && text[0] != ' ' {
				return nil, errors.New("a quoted word is followed by something else than a space")
			}
			text = strings.TrimPrefix(text, " ")
		} else {
			w.text, text, _ = strings.Cut(text, " ")
		}
		words = append(words, w)
	}
	return words, nil
}

// quoted writes a word.
func quoted(s string) string {
	if plain(s) {
		return s
	}
	return strconv.Quote(s)
}

// plain says whether a word can stand for itself.
func plain(s string) bool {
	return s != "" && s != separator.text && s[0] != '"' &&
		strings.IndexFunc(s, func(r rune) bool { return r == ' ' || r == unicode.ReplacementChar || !unicode.IsPrint(r) }) < 0
}
