package fingerprint

import "github.com/interlock-go/interlock/internal/hashtable"

// Counts counts how often each fingerprint is met. The zero value has met none. It is not safe for
// concurrent use.
type Counts struct {
	byID  hashtable.Table // → index in all
	all   []counted
	inUse uint32
}

type counted struct {
	id    uint64
	again uint64
}

// First counts id, which is not 0, and tells whether it is met for the first time.
//
//go:norace
func (c *Counts) First(id uint64) bool {
	if i, ok := c.byID.Get(id); ok {
		c.all[i].again++
		return false
	}
	if int(c.inUse) == len(c.all) {
		grown := make([]counted, 2*c.inUse+16)
		for i := range c.all {
			grown[i] = c.all[i]
		}
		c.all = grown
	}
	c.all[c.inUse] = counted{id: id}
	c.byID.Put(id, c.inUse)
	c.inUse++
	return true
}

// Len is how many fingerprints have been met.
//
//go:norace
func (c *Counts) Len() int { return int(c.inUse) }

// At returns the i-th that was met, and how often it was met again.
//
//go:norace
func (c *Counts) At(i int) (id, again uint64) { return c.all[i].id, c.all[i].again }
