package heldset

import "github.com/interlock-go/interlock/internal/rule"

// A hold's key is the lock's identity for a hold that keeps everybody out, and the twisted identity for one for
// reading. An identity is a number whose low FlagBits bits are clear. Identities look random, because
// the sum of its keys names a held set.
const (
	FlagBits = 4
	Flags    = 1<<FlagBits - 1

	Unbound = 1 << 2 // flag of a hold: the lock has a node but no clean-up yet (see the engine's locks.go)
	reading = 1 << 3 // flag of a hold: held for reading
)

// Twist turns, by exclusive or, the key of a write hold into that of a read hold and back. It is a full-width
// constant because keys are summed: with the bit alone two read holds would cancel out.
const Twist = 0x9e3779b97f4a7c10 | reading

// ID returns the identity in a hold's key.
//
//go:norace
func ID(key uint64) uint64 {
	if key&reading != 0 {
		key ^= Twist
	}
	return key &^ Flags
}

// Mode returns how a hold with the key is held.
//
//go:norace
func Mode(key uint64) rule.Mode {
	if key&reading != 0 {
		return rule.Read
	}
	return rule.Write
}

// Key returns the key of a hold of the lock with an identity.
//
//go:norace
func Key(id uint64, m rule.Mode) uint64 {
	if m == rule.Read {
		return id ^ Twist
	}
	return id
}
