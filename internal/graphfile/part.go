package graphfile

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
)

// part is one file, read but not merged. What it defines is interned in the graph
// at once, where it does no harm if the file turns out to be broken: only what an
// order refers to is ever seen. A part is used for one file after the other.
type part struct {
	graph     *Graph
	processes []Process
	locks     instances // of the last process
	frames    []uint32  // the file's numbers in the graph's
	holds     []uint32
	stack     []uint32 // scratch
	orders    []orderRef
	ids       []uint32 // holds of the orders, in the graph's numbers
	seen      []Sighting
	classes   []class
	declared  []Declaration
	reports   []Report
	block     *block
}

// class is the name of a class, and whether each process has one lock of it.
type class struct {
	name   string
	single bool
}

// orderRef is where the holds of an order end in ids, and its sightings in seen.
type orderRef struct{ ids, seen int }

func (p *part) reset() {
	p.processes, p.locks = p.processes[:0], instances{}
	p.frames, p.holds = p.frames[:0], p.holds[:0]
	p.orders, p.ids, p.seen = p.orders[:0], p.ids[:0], p.seen[:0]
	p.classes, p.declared, p.reports, p.block = nil, nil, nil, nil
	p.graph.frameSeq.restart()
	p.graph.holdSeq.restart()
}

var errBeforeProcess = errors.New("a line before the first process")

func (p *part) line(line []byte) error {
	if len(line) > 0 && line[0] == '\t' {
		return p.blockLine(bytes.TrimLeft(line, "\t"))
	}
	kind, rest, err := word(line)
	if err != nil {
		return err
	}
	if p.block != nil {
		if err := p.closeBlock(); err != nil {
			return err
		}
	}
	if len(p.processes) == 0 && string(kind) != "process" {
		return errBeforeProcess
	}
	switch string(kind) {
	case "order":
		return p.order(rest)
	case "hold":
		return p.hold(rest)
	case "frame":
		id, err := p.graph.frame(rest)
		p.frames = append(p.frames, id)
		return err
	case "process":
		return p.process(rest)
	case "class", "var":
		name, err := lastWord(rest)
		p.classes = append(p.classes, class{name, string(kind) == "var"})
		return err
	case "declare":
		return p.declare(rest)
	case "report":
		return p.report(rest)
	case "by":
		return p.by(rest)
	}
	return fmt.Errorf("unknown kind of line %q", kind)
}

func (p *part) process(rest []byte) error {
	process, err := parseProcess(rest)
	p.countLocks()
	p.processes = append(p.processes, process)
	p.frames, p.holds = p.frames[:0], p.holds[:0]
	return err
}

func (p *part) hold(rest []byte) error {
	head := rest
	for range 3 { // type, mode, class
		_, after, err := word(rest)
		if err != nil {
			return err
		}
		rest = after
	}
	head = bytes.TrimSuffix(head[:len(head)-len(rest)], []byte(" "))
	p.stack = p.stack[:0]
	for len(rest) > 0 {
		n, after, err := number(rest)
		if err != nil {
			return err
		}
		if n == 0 || n > uint64(len(p.frames)) {
			return fmt.Errorf("frame %d of %d", n, len(p.frames))
		}
		p.stack = append(p.stack, p.frames[n-1])
		if rest = after; len(rest) > 0 && rest[0] != ' ' {
			return errNumber
		}
		rest = bytes.TrimPrefix(rest, []byte(" "))
	}
	id, err := p.graph.hold(head, p.stack)
	p.holds = append(p.holds, id)
	return err
}

// order reads what follows the word: a goroutine and its holds, or nothing at the
// beginning of a block.
func (p *part) order(rest []byte) error {
	if len(rest) == 0 {
		p.block = &block{}
		return nil
	}
	goroutine, rest, err := number(rest)
	if err != nil {
		return err
	}
	first := len(p.ids)
	for len(rest) > 0 {
		var n, lock uint64
		if rest[0] == ' ' {
			n, rest, err = number(rest[1:])
		} else {
			err = errNumber
		}
		if err == nil && len(rest) > 0 && rest[0] == '.' {
			lock, rest, err = number(rest[1:])
		} else if err == nil {
			err = errors.New("a hold without the number of its lock")
		}
		if err != nil {
			return err
		}
		if n == 0 || n > uint64(len(p.holds)) {
			return fmt.Errorf("hold %d of %d", n, len(p.holds))
		}
		p.ids = append(p.ids, p.holds[n-1])
		p.locks.add(lock)
	}
	if len(p.ids) == first {
		return errors.New("an order without a lock")
	}
	p.seen = append(p.seen, Sighting{len(p.processes) - 1, goroutine})
	p.orders = append(p.orders, orderRef{len(p.ids), len(p.seen)})
	return nil
}

func (p *part) declare(rest []byte) error {
	before, rest, err := textWord(rest)
	if err != nil {
		return err
	}
	after, err := lastWord(rest)
	p.declared = append(p.declared, Declaration{before, after})
	return err
}

func (p *part) report(rest []byte) error {
	if len(rest) == 0 {
		return errors.New("report is empty")
	}
	if !json.Valid(rest) {
		return errors.New("report is not JSON")
	}
	p.reports = append(p.reports, Report{Raw: bytes.Clone(rest), Seen: []int{len(p.processes) - 1}})
	return nil
}

// by names the processes of the report before it, in a merged file.
func (p *part) by(rest []byte) error {
	if len(p.reports) == 0 {
		return errors.New("by without a report")
	}
	last := &p.reports[len(p.reports)-1]
	last.Seen = last.Seen[:0]
	for len(rest) > 0 {
		n, after, err := number(rest)
		if err != nil {
			return err
		}
		if err := p.checkProcess(n); err != nil {
			return err
		}
		last.Seen = append(last.Seen, int(n))
		rest = bytes.TrimPrefix(after, []byte(" "))
	}
	return nil
}

func (p *part) checkProcess(n uint64) error {
	if n >= uint64(len(p.processes)) {
		return fmt.Errorf("seen by process %d of %d", n, len(p.processes))
	}
	return nil
}

// countLocks settles the last process: its own file does not know how many
// different locks it will have named.
func (p *part) countLocks() {
	if n := len(p.processes); n > 0 && p.processes[n-1].Locks == 0 {
		p.processes[n-1].Locks = p.locks.n
	}
	p.locks = instances{}
}

// end settles what the file's last line has left open.
func (p *part) end() error {
	if p.block != nil {
		if err := p.closeBlock(); err != nil {
			return err
		}
	}
	p.countLocks()
	if len(p.processes) == 0 {
		return errNoProcess
	}
	return nil
}
