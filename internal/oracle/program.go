// Package oracle says, for small programs over RWMutexes, whether any schedule
// deadlocks, by exploring all of them. It is the ground truth that tests hold the
// rule and the engine against, and imports neither.
package oracle

import (
	"fmt"
	"strings"
)

// Kind is what an operation does to its lock.
type Kind uint8

const (
	Lock Kind = iota
	RLock
	TryLock
	TryRLock
	Unlock
	RUnlock
)

var kindNames = [...]string{"Lock", "RLock", "TryLock", "TryRLock", "Unlock", "RUnlock"}

func (k Kind) String() string { return kindNames[k] }

// Reads reports whether the kind acquires for reading.
func (k Kind) Reads() bool { return k == RLock || k == TryRLock }

// Tries reports whether the kind fails instead of blocking.
func (k Kind) Tries() bool { return k == TryLock || k == TryRLock }

// release is the operation that undoes k.
func (k Kind) release() Kind {
	if k.Reads() {
		return RUnlock
	}
	return Unlock
}

// Op is one call. A failing Try goes on at Else.
type Op struct {
	Kind Kind
	Lock uint8
	Else uint8
}

// Goroutine is what one goroutine does, in order.
type Goroutine []Op

// Program is a set of goroutines that may be scheduled in any way.
type Program []Goroutine

// Acquire is one acquisition of a section.
type Acquire struct {
	Kind Kind
	Lock uint8
}

// Section is nested acquisitions: they are made in order and released in reverse.
type Section []Acquire

// Do is the goroutine that runs the sections one after the other. A failing Try
// skips what is nested in it.
func Do(sections ...Section) Goroutine {
	var g Goroutine
	for _, s := range sections {
		g = nest(g, s)
	}
	return g
}

func nest(g Goroutine, s Section) Goroutine {
	if len(s) == 0 {
		return g
	}
	at := len(g)
	g = nest(append(g, Op{Kind: s[0].Kind, Lock: s[0].Lock}), s[1:])
	g = append(g, Op{Kind: s[0].Kind.release(), Lock: s[0].Lock})
	g[at].Else = uint8(len(g))
	return g
}

// String shows the program as one line per goroutine, locks as letters.
func (p Program) String() string {
	var b strings.Builder
	for i, g := range p {
		fmt.Fprintf(&b, "g%d:", i+1)
		for _, op := range g {
			fmt.Fprintf(&b, " %s(%c)", op.Kind, 'A'+op.Lock)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// Held is a lock that a goroutine has, and how.
type Held struct {
	Lock uint8
	Read bool
}

// Acquisition is a call that may block, with what is held when it is made.
type Acquisition struct {
	Held []Held
	Want Held
}

// Acquisitions walks g alone and returns its calls that may block. A Try fails
// if g itself is in its way; a call that can never return is the last one.
func (g Goroutine) Acquisitions() []Acquisition {
	var made []Acquisition
	var held []Held
	for pc := 0; pc < len(g); {
		op := g[pc]
		pc++
		want := Held{op.Lock, op.Kind.Reads()}
		if op.Kind == Unlock || op.Kind == RUnlock {
			held = drop(held, Held{op.Lock, op.Kind == RUnlock})
			continue
		}
		stuck := false
		for _, h := range held {
			stuck = stuck || h.Lock == want.Lock && !(h.Read && want.Read)
		}
		if op.Kind.Tries() {
			if stuck {
				pc = int(op.Else)
				continue
			}
		} else {
			made = append(made, Acquisition{append([]Held(nil), held...), want})
			if stuck {
				return made
			}
		}
		held = append(held, want)
	}
	return made
}

func drop(held []Held, h Held) []Held {
	for i := len(held) - 1; i >= 0; i-- {
		if held[i] == h {
			return append(held[:i], held[i+1:]...)
		}
	}
	panic("oracle: the program releases what it does not hold")
}
