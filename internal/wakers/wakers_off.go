//go:build interlock_off

package wakers

import "sync"

// Without the detector nothing is looked at.
type (
	Event  struct{} // Event is nothing.
	Kind   struct{} // Kind is nothing.
	Ticket struct{} // Ticket is nothing; there is none.
)

func NewKind(string) Kind    { return Kind{} } // NewKind returns nothing.
func HoldsAny() bool         { return false }  // HoldsAny says no.
func Holds(sync.Locker) bool { return true }   // Holds says yes.

func (*Event) Register() (done func()) { return func() {} } // Register does nothing.
func (*Event) Watched() bool           { return false }     // Watched says no.
func (*Event) Acted()                  {}                   // Acted does nothing.
func (*Event) Hazard(Kind)             {}                   // Hazard does nothing.
func (*Event) Ticket(Kind) *Ticket     { return nil }       // Ticket returns none.

func (*Ticket) Block()   {} // Block does nothing.
func (*Ticket) Unblock() {} // Unblock does nothing.
func (*Ticket) Woken()   {} // Woken does nothing.
func (*Ticket) Served()  {} // Served does nothing.
