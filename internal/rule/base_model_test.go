package rule_test

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/interlock-go/interlock/internal/rule"
)

// The model: dependencies in a slice, every definition of detection.md and of
// Cycle written out, and all simple cycles tried.

type modelDep struct {
	id     rule.DepID
	held   []rule.Hold
	want   rule.Hold
	gs     map[uint64]bool
	phases uint64
	wider  bool
}

func (d *modelDep) heldKey(i int) string {
	if h := d.held[i]; h.Class != 0 && h.Class != d.want.Class {
		return fmt.Sprint("class ", h.Class)
	}
	return fmt.Sprint("inst ", d.held[i].Inst)
}

func (d *modelDep) wantKey() string {
	byClass := d.want.Class != 0
	for _, h := range d.held {
		byClass = byClass && h.Class != d.want.Class
	}
	if byClass {
		return fmt.Sprint("class ", d.want.Class)
	}
	return fmt.Sprint("inst ", d.want.Inst)
}

func (d *modelDep) key() string {
	var held []string
	for i, h := range d.held {
		held = append(held, fmt.Sprint(d.heldKey(i), h.Mode))
	}
	slices.Sort(held)
	return fmt.Sprint(held, d.wantKey(), d.want.Mode)
}

// wants reports whether d wants the lock that has the key, the class and, by what
// is known of it, the instance. A single instance wanted is one of its class.
func (d *modelDep) wants(key string, lock rule.Hold) bool {
	if d.wantKey() == key {
		return true
	}
	return d.wantKey() == fmt.Sprint("inst ", d.want.Inst) && key == fmt.Sprint("class ", d.want.Class) &&
		(lock.Inst == 0 || lock.Inst == d.want.Inst)
}

const (
	exact = iota
	byReading
	gates
	order
)

// waits: d waits for e by way of e's hold via, or -1 its waiting Lock.
func (d *modelDep) waits(e *modelDep, via, level int) bool {
	if via < 0 {
		return d.want.Mode == rule.Read && e.want.Mode == rule.Write && d.wants(e.wantKey(), e.want)
	}
	h := e.held[via]
	conflict := d.want.Mode == rule.Write || h.Mode == rule.Write || level >= byReading
	return conflict && d.wants(e.heldKey(via), h)
}

func (d *modelDep) waitsAny(e *modelDep, level int) bool {
	for via := -1; via < len(e.held); via++ {
		if d.waits(e, via, level) {
			return true
		}
	}
	return false
}

// sharedLocks are the instances that cannot be in both held sets.
func (d *modelDep) sharedLocks(e *modelDep) (insts []uint32) {
	for _, h := range d.held {
		for _, k := range e.held {
			if h.Inst != 0 && h.Inst == k.Inst && (h.Mode == rule.Write || k.Mode == rule.Write) {
				insts = append(insts, h.Inst)
			}
		}
	}
	return insts
}

// distinct reports whether the dependencies can be given goroutines that differ.
func distinct(deps []*modelDep, used map[uint64]bool) bool {
	if len(deps) == 0 {
		return true
	}
	if len(deps[0].gs) > 8 {
		return distinct(deps[1:], used)
	}
	for g := range deps[0].gs {
		if !used[g] {
			used[g] = true
			ok := distinct(deps[1:], used)
			delete(used, g)
			if ok {
				return true
			}
		}
	}
	return false
}

// tolerable reports whether the level allows the cycle's goroutines, phases and
// gates, and whether it has no chord there.
func tolerable(c []*modelDep, level int) bool {
	if len(c) == 1 {
		return true
	}
	phases := uint64(math.MaxUint64)
	for i, d := range c {
		phases &= d.phases
		for j, e := range c {
			if level < gates && i < j && len(d.sharedLocks(e)) > 0 {
				return false
			}
			if j != (i+1)%len(c) && d.waitsAny(e, level) {
				return false
			}
		}
	}
	return level == order || phases != 0 && distinct(c, map[uint64]bool{})
}

type model struct{ deps []*modelDep }

// shortest returns the least length of a tolerable cycle that begins with path
// and comes back to path[0] by way of via.
func (m *model) shortest(path []*modelDep, via, level int) int {
	best := math.MaxInt
	last := path[len(path)-1]
	if last.waits(path[0], via, level) && tolerable(path, level) {
		best = len(path)
	}
	for _, d := range m.deps {
		if !slices.Contains(path, d) && last.waitsAny(d, level) {
			best = min(best, m.shortest(append(path[:len(path):len(path)], d), via, level))
		}
	}
	return best
}

// expected is, for each way back into d, tier and length of the best cycle.
func (m *model) expected(d *modelDep) map[int][2]int {
	found := map[int][2]int{}
	tiers := []rule.Tier{rule.Potential, rule.NeedsWriter, rule.Guarded, rule.Ordered}
	for via := -1; via < len(d.held); via++ {
		if via > 0 && slices.Contains(d.held[:via], d.held[via]) {
			continue
		}
		for level, tier := range tiers {
			if n := m.shortest([]*modelDep{d}, via, level); n != math.MaxInt {
				found[via] = [2]int{int(tier), n}
				break
			}
		}
	}
	return found
}

func (m *model) byID(id rule.DepID) *modelDep {
	for _, d := range m.deps {
		if d.id == id {
			return d
		}
	}
	return nil
}

// sound checks what a cycle says of itself.
func (m *model) sound(t *rapid.T, c rule.Cycle) {
	level := map[rule.Tier]int{rule.Potential: exact, rule.NeedsWriter: byReading, rule.Guarded: gates, rule.Ordered: order}[c.Tier]
	var deps []*modelDep
	for _, id := range c.Deps {
		deps = append(deps, m.byID(id))
	}
	shared := map[uint32]bool{}
	for i, d := range deps {
		next := (i + 1) % len(deps)
		require.True(t, d.waits(deps[next], int(c.Via[next]), level))
		for _, e := range deps[:i] {
			for _, inst := range d.sharedLocks(e) {
				shared[inst] = true
			}
		}
	}
	require.True(t, tolerable(deps, level))
	require.Len(t, c.Gates, len(shared))
	for _, inst := range c.Gates {
		require.True(t, shared[inst])
	}
}

// drawHold draws one of four locks without a class, and two of each of two classes.
func drawHold(t *rapid.T) rule.Hold {
	inst := rapid.Uint32Range(1, 7).Draw(t, "inst")
	return rule.Hold{
		Inst:  inst,
		Class: []uint32{0, 0, 0, 0, 1, 1, 2, 2}[inst],
		Mode:  rapid.SampledFrom([]rule.Mode{rule.Write, rule.Write, rule.Read}).Draw(t, "mode"),
	}
}

func TestBaseFindsWhatTheDefinitionsSay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var b rule.Base
		var m model
		var r rule.Result
		saw := func(t *rapid.T) {
			if len(m.deps) == 0 {
				t.Skip("empty")
			}
			d := rapid.SampledFrom(m.deps).Draw(t, "dep")
			g := rapid.Uint64Range(1, 10).Draw(t, "g")
			phase := rapid.Uint8Range(0, 2).Draw(t, "phase")
			changed := d.wider || d.phases&(1<<phase) == 0 || len(d.gs) < 9 && !d.gs[g]
			require.Equal(t, changed, b.Saw(d.id, g, phase))
			d.gs[g], d.wider = true, false
			d.phases |= 1 << phase
			require.Equal(t, len(d.gs) >= 9, b.Universal(d.id))
		}
		intern := func(t *rapid.T) {
			d := &modelDep{want: drawHold(t), gs: map[uint64]bool{}}
			for range rapid.IntRange(0, 3).Draw(t, "held") {
				d.held = append(d.held, drawHold(t))
			}
			m.intern(t, &b, d)
		}
		t.Repeat(map[string]func(*rapid.T){
			"intern": intern, "intern 2": intern, "saw": saw, "saw 2": saw, "saw 3": saw,
			"remove": func(t *rapid.T) {
				if len(m.deps) > 0 {
					i := rapid.IntRange(0, len(m.deps)-1).Draw(t, "i")
					b.Remove(m.deps[i].id)
					m.deps = slices.Delete(m.deps, i, i+1)
				}
			},
			"remove instance": func(t *rapid.T) {
				if len(m.deps) > 5 {
					inst := rapid.Uint32Range(1, 7).Draw(t, "inst")
					require.Equal(t, m.removeInst(inst), b.RemoveInst(inst))
				}
			},
			"": func(t *rapid.T) { m.check(t, &b, &r) },
		})
	})
}

func (m *model) intern(t *rapid.T, b *rule.Base, d *modelDep) {
	i := slices.IndexFunc(m.deps, func(e *modelDep) bool { return e.key() == d.key() })
	if i < 0 && len(m.deps) == 9 {
		t.Skip("more would make the model slow")
	}
	id, isNew := b.Intern(d.held, d.want)
	require.Equal(t, i < 0, isNew)
	if i < 0 {
		d.id = id
		m.deps = append(m.deps, d)
		return
	}
	known := m.deps[i]
	require.Equal(t, known.id, id)
	for j := range known.held {
		h := &known.held[j]
		seen := slices.ContainsFunc(d.held, func(k rule.Hold) bool { return k.Inst == h.Inst && k.Mode == h.Mode })
		if known.heldKey(j)[:4] == "clas" && h.Inst != 0 && !seen {
			h.Inst = 0
			known.wider = true
		}
	}
	if known.want.Inst != d.want.Inst {
		known.want.Inst = 0
	}
}

func (m *model) removeInst(inst uint32) int {
	before := len(m.deps)
	m.deps = slices.DeleteFunc(m.deps, func(d *modelDep) bool {
		key := fmt.Sprint("inst ", inst)
		for i := range d.held {
			if d.heldKey(i) == key {
				return true
			}
		}
		return d.wantKey() == key
	})
	return before - len(m.deps)
}

func (m *model) check(t *rapid.T, b *rule.Base, r *rule.Result) {
	require.Equal(t, len(m.deps), b.Len())
	n := 0
	for id := b.Next(0); id != 0; id = b.Next(id) {
		n++
		d := m.byID(id)
		require.NotNil(t, d)
		require.Equal(t, d.want, b.Get(id).Want)
		require.ElementsMatch(t, d.held, b.Get(id).Held)
		b.Search(id, r)
		got := map[int][2]int{}
		for i, c := range r.Cycles {
			require.Equal(t, id, c.Deps[0])
			got[int(c.Via[0])] = [2]int{int(c.Tier), len(c.Deps)}
			m.sound(t, c)
			require.True(t, i == 0 || r.Cycles[i-1].Tier <= c.Tier)
		}
		require.Len(t, got, len(r.Cycles), "one cycle for each way back")
		require.Equal(t, m.expected(d), got, "dependency %d", id)
	}
	require.Equal(t, len(m.deps), n)
	require.Zero(t, b.Truncated)
}
