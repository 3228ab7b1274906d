package lockhttp

import (
	"sync"
	"time"

	"github.com/interlock-go/interlock/lockorder"
)

// crowd remembers who is parked from look to look: to read it takes time in proportion to the
// goroutines, and for a part of that the world stands still.
type crowd struct {
	mu   sync.Mutex // guards what follows, and is held while it is read: one at a time is enough
	at   time.Time
	next time.Time // not before is it read again
	all  []lockorder.ParkedCall
}

// rest is how long a reading is good for at least, and share how many times as long as it took:
// looks take no more than a hundredth of the time, however many goroutines there are and however many look.
const (
	rest  = 2 * time.Second
	share = 100
)

func (c *crowd) read(now func() time.Time, s lockorder.State) (at time.Time, all []lockorder.ParkedCall) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if began := now(); !began.Before(c.next) {
		c.at, c.all = began, append([]lockorder.ParkedCall{}, lockorder.Parked(s)...)
		end := now()
		c.next = end.Add(max(rest, share*end.Sub(began)))
	}
	return c.at, c.all
}

// goroutines counts those that are parked.
func goroutines(all []lockorder.ParkedCall) (n int) {
	for _, p := range all {
		n += p.Goroutines
	}
	return n
}
