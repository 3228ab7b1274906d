package drawing

import (
	"cmp"
	"slices"
)

// layout is the graph in layers. Beside the locks it has a point in every layer
// that an arrow passes, so that long arrows have a lane of their own.
type layout struct {
	layers [][]int   // indices of vertices
	lock   []int     // of a vertex, -1 for a point of an arrow
	layer  []int     // of a vertex
	up     [][]int   // neighbours of a vertex in the layer before
	down   [][]int   // and in the one after
	paths  [][]int   // vertices that each arrow runs through, from its From to its To
	place  []float64 // of a vertex in its layer, while sorting
}

// sweeps is how often the layers are sorted: more changes little.
const sweeps = 8

func (g Graph) layout() *layout {
	turned := g.turned()
	l := &layout{}
	rank := g.ranks(turned)
	for i := range g.Locks {
		l.add(i, rank[i])
	}
	for i, a := range g.Arrows {
		from, to := a.From, a.To
		if turned[i] {
			from, to = to, from
		}
		path := []int{from}
		for at := rank[from] + 1; at < rank[to]; at++ {
			path = append(path, l.add(-1, at))
		}
		path = append(path, to)
		for k := 1; k < len(path) && from != to; k++ {
			l.down[path[k-1]] = append(l.down[path[k-1]], path[k])
			l.up[path[k]] = append(l.up[path[k]], path[k-1])
		}
		if turned[i] {
			slices.Reverse(path)
		}
		l.paths = append(l.paths, path)
	}
	l.sort()
	return l
}

func (l *layout) add(lock, layer int) int {
	v := len(l.lock)
	l.lock, l.layer, l.place = append(l.lock, lock), append(l.layer, layer), append(l.place, 0)
	l.up, l.down = append(l.up, nil), append(l.down, nil)
	for len(l.layers) <= layer {
		l.layers = append(l.layers, nil)
	}
	l.layers[layer] = append(l.layers[layer], v)
	return v
}

// turned are the arrows that a depth-first search finds to close a cycle. It
// begins at the locks with the most failing arrows, so that cycles lie at the
// left, and is iterative because a chain of locks may be long.
func (g Graph) turned() []bool {
	turned := make([]bool, len(g.Arrows))
	out := make([][]int, len(g.Locks))
	for i, a := range g.Arrows {
		out[a.From] = append(out[a.From], i)
	}
	const unseen, open, done = 0, 1, 2
	state := make([]int, len(g.Locks))
	weights := g.weights()
	roots := make([]int, len(g.Locks))
	for i := range roots {
		roots[i] = i
	}
	slices.SortStableFunc(roots, func(a, b int) int { return cmp.Compare(weights[b], weights[a]) })
	type frame struct{ lock, next int }
	for _, root := range roots {
		if state[root] != unseen {
			continue
		}
		state[root] = open
		stack := []frame{{lock: root}}
		for len(stack) > 0 {
			top := &stack[len(stack)-1]
			if top.next == len(out[top.lock]) {
				state[top.lock] = done
				stack = stack[:len(stack)-1]
				continue
			}
			i := out[top.lock][top.next]
			top.next++
			switch to := g.Arrows[i].To; state[to] {
			case unseen:
				state[to] = open
				stack = append(stack, frame{lock: to})
			case open:
				turned[i] = true
			}
		}
	}
	return turned
}

// ranks are the layers of the locks: the length of the longest way there.
func (g Graph) ranks(turned []bool) []int {
	rank := make([]int, len(g.Locks))
	waits := make([]int, len(g.Locks))
	out := make([][]int, len(g.Locks))
	for i, a := range g.Arrows {
		from, to := a.From, a.To
		if turned[i] {
			from, to = to, from
		}
		if from != to {
			out[from] = append(out[from], to)
			waits[to]++
		}
	}
	var ready []int
	for i, n := range waits {
		if n == 0 {
			ready = append(ready, i)
		}
	}
	for k := 0; k < len(ready); k++ {
		for _, to := range out[ready[k]] {
			rank[to] = max(rank[to], rank[ready[k]]+1)
			if waits[to]--; waits[to] == 0 {
				ready = append(ready, to)
			}
		}
	}
	return rank
}

// sort puts each vertex near the middle of its neighbours, layer by layer, forth
// and back.
func (l *layout) sort() {
	l.number()
	for sweep := range sweeps {
		near := l.up
		if sweep%2 == 1 {
			near = l.down
		}
		for k := range l.layers {
			if sweep%2 == 1 {
				k = len(l.layers) - 1 - k
			}
			middle := func(v int) float64 {
				if len(near[v]) == 0 {
					return l.place[v]
				}
				sum := 0.0
				for _, n := range near[v] {
					sum += l.place[n]
				}
				return sum / float64(len(near[v]))
			}
			slices.SortStableFunc(l.layers[k], func(a, b int) int { return cmp.Compare(middle(a), middle(b)) })
			l.numberLayer(k)
		}
	}
}

func (l *layout) number() {
	for k := range l.layers {
		l.numberLayer(k)
	}
}

// numberLayer gives places between 0 and 1, because layers differ in size.
func (l *layout) numberLayer(k int) {
	n := len(l.layers[k])
	for i, v := range l.layers[k] {
		l.place[v] = (float64(i) + 0.5) / float64(n)
	}
}
