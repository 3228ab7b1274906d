package discipline

// Verdict is what the declarations say of a nesting.
type Verdict uint8

// The verdicts.
const (
	Silent    Verdict = iota // nothing
	Vouched                  // it is right
	Against                  // it breaks a declared order
	Misnested                // it breaks its class's rule
)

// Member is a lock of a class. Address and Rank count where the class's rule looks at them.
type Member struct {
	ID      uint64
	Class   uint32
	Address uintptr
	Rank    int64
}

// Verdict says what is declared of asking for want with held in hand.
//
//go:norace
func (c *Classes) Verdict(held, want Member) Verdict {
	if held.Class == 0 || want.Class == 0 || held.ID == want.ID {
		return Silent
	}
	if held.Class != want.Class && c.precedes(want.Class, held.Class) {
		return Against // an exemption is from the search for cycles, not from what is declared
	}
	if in(c.all[held.Class].exempt, want.Class) {
		return Vouched
	}
	if held.Class != want.Class {
		return Silent
	}
	return c.all[held.Class].nest.verdict(held, want)
}

// verdict judges two locks of one class.
//
//go:norace
func (n Nest) verdict(held, want Member) Verdict {
	ascending := true
	switch n {
	case Any:
		return Silent
	case None:
		ascending = false
	case Address:
		ascending = held.Address < want.Address
	case Rank:
		ascending = held.Rank < want.Rank
	}
	if ascending {
		return Vouched
	}
	return Misnested
}
