package banker_test

import (
	"slices"

	"github.com/interlock-go/interlock/banker"
)

// model is a banker as the textbook has it: full matrices, Dijkstra's algorithm from the beginning for
// each decision, and a list of those who wait.
type model struct {
	total, free []int64
	jobs        []*client
	waits, cuts []*call
	bound       int
	pinned      bool     // the oldest call's job is pinned
	front       []string // the safe order up to that job, which is the banker's to choose
	unsure      bool     // calls have just ended in an order that the model does not know
}

// client is a job.
type client struct {
	job        *banker.Job
	name       string
	need, held []int64
}

// call is one that may wait: of a job, or of nobody, to take capacity away.
type call struct {
	by        *client
	want      []int64
	overtaken int
	vague     bool // how often it was overtaken is not known
	result    chan error
	cancel    func()
	cancelled bool
}

func covers(have, need []int64) bool {
	for r, n := range need {
		if n > have[r] {
			return false
		}
	}
	return true
}

func add(to, by []int64, sign int64) {
	for r := range by {
		to[r] += sign * by[r]
	}
}

func (c *client) claim() []int64 {
	all := slices.Clone(c.need)
	add(all, c.held, 1)
	return all
}

// take gives units to c, or takes them.
func (m *model) take(c *client, units []int64, sign int64) {
	add(m.free, units, -sign)
	add(c.held, units, sign)
	add(c.need, units, -sign)
}

// finish lets jobs finish one after the other, those that may, and returns what is free then and who has finished.
func (m *model) finish(may func(*client) bool) (work []int64, done map[*client]bool) {
	work, done = slices.Clone(m.free), map[*client]bool{}
	for n := -1; n < len(done); {
		n = len(done)
		for _, c := range m.jobs {
			if !done[c] && may(c) && covers(work, c.need) {
				done[c] = true
				add(work, c.held, 1)
			}
		}
	}
	return work, done
}

func (m *model) safe() bool {
	_, done := m.finish(func(*client) bool { return true })
	return len(done) == len(m.jobs)
}

// delays tells whether those in front of the pinned job leave it too little as things stand, and c is not one
// of them who can finish.
func (m *model) delays(c *client) bool {
	if !m.pinned {
		return false
	}
	work, done := m.finish(func(k *client) bool { return slices.Contains(m.front, k.name) })
	return !done[c] && !covers(work, m.waits[0].by.need)
}

// judge says what becomes of the state that try leads to, and leaves it if it is allowed.
func (m *model) judge(c *client, try func(sign int64)) error {
	try(1)
	err := error(nil)
	switch {
	case !covers(m.free, make([]int64, len(m.free))):
		err = banker.ErrUnavailable
	case !m.safe():
		err = banker.ErrUnsafe
	case m.delays(c):
		err = banker.ErrUnfair
	}
	if err != nil {
		try(-1)
	}
	return err
}

// acquire decides on a request and takes it if it is granted.
func (m *model) acquire(c *client, want []int64) error {
	if !covers(c.need, want) {
		return banker.ErrOverClaim
	}
	if slices.Max(want) == 0 {
		return nil
	}
	return m.judge(c, func(sign int64) { m.take(c, want, sign) })
}

func (m *model) raise(c *client, by []int64) error {
	claim := c.claim()
	add(claim, by, 1)
	if !covers(m.total, claim) {
		return banker.ErrExceedsCapacity
	}
	return m.judge(c, func(sign int64) { add(c.need, by, sign) })
}

func (m *model) shrink(by []int64) error {
	left := slices.Clone(m.total)
	add(left, by, -1)
	if !covers(left, make([]int64, len(by))) || slices.ContainsFunc(m.jobs, func(c *client) bool { return !covers(left, c.claim()) }) {
		return banker.ErrExceedsCapacity
	}
	return m.judge(nil, func(sign int64) {
		add(m.total, by, -sign)
		add(m.free, by, -sign)
	})
}

// overtook notes a grant to one who is not the oldest that waits.
func (m *model) overtook(w *call) {
	if len(m.waits) > 0 && m.waits[0] != w && !m.pinned {
		m.waits[0].overtaken++
		m.mind()
	}
}

// mind pins the oldest that waits if it was overtaken often enough.
func (m *model) mind() {
	m.pinned = m.pinned || len(m.waits) > 0 && m.bound >= 0 && !m.waits[0].vague && m.waits[0].overtaken >= m.bound
}

// left takes w off the list.
func (m *model) left(w *call) {
	if len(m.waits) > 0 && m.waits[0] == w {
		m.pinned = false
	}
	m.waits = slices.DeleteFunc(m.waits, func(x *call) bool { return x == w })
	m.cuts = slices.DeleteFunc(m.cuts, func(x *call) bool { return x == w })
	m.mind()
}
