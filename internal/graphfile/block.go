package graphfile

import (
	"bytes"
	"errors"
	"fmt"
)

// block is an order as a merged file spells it out, while it is read.
type block struct {
	head   []byte   // of the hold that is read: type, mode, class
	stack  []uint32 // its frames so far
	ids    []uint32
	wanted bool
	seen   []Sighting
}

var errNoBlock = errors.New("a line that belongs to an order, without one")

func (p *part) blockLine(line []byte) error {
	b := p.block
	if b == nil {
		return errNoBlock
	}
	kind, rest, err := word(line)
	if err != nil {
		return err
	}
	switch string(kind) {
	case "held", "want":
		if b.wanted {
			return errors.New("a lock after the wanted one")
		}
		b.wanted = string(kind) == "want"
		return p.openHold(rest)
	case "at":
		if b.head == nil {
			return errNoBlock
		}
		id, err := p.graph.frame(rest)
		b.stack = append(b.stack, id)
		return err
	case "seen":
		return p.sightings(rest)
	}
	return fmt.Errorf("unknown kind of line %q", kind)
}

// openHold begins a hold, whose class comes first here, as a reader wants it.
func (p *part) openHold(rest []byte) error {
	if err := p.closeHold(); err != nil {
		return err
	}
	class, rest, err := word(rest)
	if err != nil {
		return err
	}
	p.block.head = append(append(bytes.Clone(rest), ' '), class...)
	_, err = parseHead(p.block.head) // the frames are yet to come, and the error is this line's
	return err
}

func (p *part) closeHold() error {
	b := p.block
	if b.head == nil {
		return nil
	}
	id, err := p.graph.hold(b.head, b.stack)
	b.ids, b.head, b.stack = append(b.ids, id), nil, b.stack[:0]
	return err
}

func (p *part) sightings(rest []byte) error {
	for len(rest) > 0 {
		process, after, err := number(rest)
		if err != nil {
			return err
		}
		if err := p.checkProcess(process); err != nil {
			return err
		}
		if len(after) == 0 || after[0] != '/' {
			return errors.New("a sighting is not PROCESS/GOROUTINE")
		}
		goroutine, after, err := number(after[1:])
		if err != nil {
			return err
		}
		p.block.seen = append(p.block.seen, Sighting{int(process), goroutine})
		rest = bytes.TrimPrefix(after, []byte(" "))
	}
	return nil
}

func (p *part) closeBlock() error {
	b := p.block
	if err := p.closeHold(); err != nil {
		return err
	}
	if !b.wanted || len(b.seen) == 0 {
		return errors.New("the order before this line is not complete")
	}
	p.ids, p.seen = append(p.ids, b.ids...), append(p.seen, b.seen...)
	p.orders = append(p.orders, orderRef{len(p.ids), len(p.seen)})
	p.block = nil
	return nil
}
