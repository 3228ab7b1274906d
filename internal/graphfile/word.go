package graphfile

import (
	"bytes"
	"errors"
	"strconv"
	"unicode"
	"unicode/utf8"
)

// appendWord writes s as one word of a line: bare where that is unambiguous, else
// as a Go string literal, so that no name can break a line or look like another.
func appendWord(b []byte, s string) []byte {
	if bare(s) {
		return append(b, s...)
	}
	return strconv.AppendQuote(b, s)
}

func bare(s string) bool {
	if s == "" || s[0] == '"' {
		return false
	}
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		if r == ' ' || r == utf8.RuneError || !unicode.IsPrint(r) {
			return false
		}
		i += n
	}
	return true
}

var (
	errQuote  = errors.New("a quoted word does not end")
	errWord   = errors.New("a word is missing")
	errNumber = errors.New("not a number")
	errMore   = errors.New("more words than the line can have")
)

// noWord is how an empty word is written: the most frequent quoted one.
var noWord = []byte(`"" `)

// word takes the first word off line, quotes and all, and the space behind it.
func word(line []byte) (raw, rest []byte, err error) {
	if len(line) == 0 {
		return nil, nil, errWord
	}
	end := bytes.IndexByte(line, ' ')
	if end == 0 {
		return nil, nil, errWord
	}
	if line[0] == '"' && !bytes.HasPrefix(line, noWord) {
		quoted, err := strconv.QuotedPrefix(string(line))
		if err != nil || len(quoted) < len(line) && line[len(quoted)] != ' ' {
			return nil, nil, errQuote
		}
		end = len(quoted)
	}
	if end < 0 || end == len(line) {
		return line, nil, nil
	}
	return line[:end], line[end+1:], nil
}

// text is what a word says.
func text(raw []byte) (string, error) {
	if raw[0] != '"' {
		return string(raw), nil
	}
	s, err := strconv.Unquote(string(raw))
	if err != nil {
		return "", errQuote
	}
	return s, nil
}

// textWord is word and text.
func textWord(line []byte) (s string, rest []byte, err error) {
	raw, rest, err := word(line)
	if err != nil {
		return "", nil, err
	}
	s, err = text(raw)
	return s, rest, err
}

// lastWord is textWord for the only word that is left.
func lastWord(line []byte) (string, error) {
	s, rest, err := textWord(line)
	if err == nil && len(rest) > 0 {
		err = errMore
	}
	return s, err
}

// number takes a number off line, up to the byte after it.
func number(line []byte) (n uint64, rest []byte, err error) {
	i := 0
	for ; i < len(line) && line[i]-'0' <= 9; i++ {
		if n > (1<<64-1)/10-1 {
			return 0, nil, errNumber
		}
		n = n*10 + uint64(line[i]-'0')
	}
	if i == 0 {
		return 0, nil, errNumber
	}
	return n, line[i:], nil
}
