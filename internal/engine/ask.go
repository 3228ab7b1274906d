package engine

import (
	"github.com/interlock-go/interlock/internal/fingerprint"
	"github.com/interlock-go/interlock/internal/heldset"
	"github.com/interlock-go/interlock/internal/quiet"
	"github.com/interlock-go/interlock/internal/rule"
	"github.com/interlock-go/interlock/internal/wordset"
)

// Ask is a request that is about to be made, with all that its goroutine holds.
type Ask struct {
	Goroutine uint64
	Held      []Asked // in order of acquisition
	Want      Asked
}

// Asked is a lock in an Ask. ID tells it from all other locks of the process; PC is the
// return address of the call that acquires it.
type Asked struct {
	ID   uint64
	Mode rule.Mode
	PC   uintptr
}

// passed are the places of requests that the pauser need not be shown again.
var passed wordset.Set

// Pass says that requests of the call with return address pc need not be shown.
//
//go:norace
func Pass(pc uintptr) {
	quiet.Begin()
	eng.mu.Lock()
	passed.Add(nameOf(pc))
	eng.mu.Unlock()
	quiet.End()
}

// nameOf spreads an address over all bits.
//
//go:norace
func nameOf(pc uintptr) uint64 { return fingerprint.Word(7, uint64(pc)) }

// ask shows a request to the pauser by way of news, which are passed on before the goroutine
// waits. It returns nil if the pauser is not interested.
//
//go:norace
func (r *Record) ask(q *Request) *News {
	if passed.Has(nameOf(q.PC)) {
		return nil
	}
	n := r.held.Len()
	a := &Ask{Goroutine: r.goid, Held: make([]Asked, n)}
	a.Want = Asked{ID: q.Core.identify(), Mode: q.For.mode(), PC: q.PC}
	for i := range n {
		h := r.held.At(i)
		a.Held[i] = Asked{ID: heldset.ID(h.Key), Mode: heldset.Mode(h.Key), PC: h.PC}
	}
	return &News{Ask: a}
}
