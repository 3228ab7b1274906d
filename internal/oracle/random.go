package oracle

import "math/rand/v2"

var allKinds = []Kind{Lock, Lock, RLock, TryLock, TryRLock}

// RandomChains is 2 to 4 goroutines that each take 1 to 4 of up to 5 distinct
// locks, nested, in any mode.
func RandomChains(r *rand.Rand) Program {
	p := make(Program, 2+r.IntN(3))
	n := 2 + r.IntN(4)
	longest := min(n, 6-len(p))
	for i := range p {
		order := r.Perm(n)
		s := make(Section, 1+r.IntN(longest))
		for j := range s {
			s[j] = Acquire{allKinds[r.IntN(len(allKinds))], uint8(order[j])}
		}
		p[i] = Do(s)
	}
	return p
}

// RandomNested is 2 or 3 goroutines of well-nested acquisitions: several in a
// row at any depth, a lock within itself included.
func RandomNested(r *rand.Rand) Program {
	p := make(Program, 2+r.IntN(2))
	n := 2 + r.IntN(3)
	for i := range p {
		for budget := 1 + r.IntN(7-len(p)); budget > 0; {
			p[i], budget = tree(r, p[i], n, budget)
		}
	}
	return p
}

// tree appends an acquisition with what is nested in it, and returns how many
// acquisitions are left to make.
func tree(r *rand.Rand, g Goroutine, n, budget int) (Goroutine, int) {
	at := len(g)
	op := Op{Kind: allKinds[r.IntN(len(allKinds))], Lock: uint8(r.IntN(n))}
	g = append(g, op)
	for budget--; budget > 0 && r.IntN(3) > 0; {
		g, budget = tree(r, g, n, budget)
	}
	g = append(g, Op{Kind: op.Kind.release(), Lock: op.Lock})
	g[at].Else = uint8(len(g))
	return g, budget
}

// RandomUnordered is 2 or 3 goroutines that lock and read-lock distinct locks and
// release them in any order, also between acquisitions.
func RandomUnordered(r *rand.Rand) Program {
	p := make(Program, 2+r.IntN(2))
	n := 3 + r.IntN(2)
	for i := range p {
		var held []Acquire
		for left := 1 + r.IntN(7-len(p)); left > 0 || len(held) > 0; {
			if k := len(held); k > 0 && (left == 0 || r.IntN(5) < 2) {
				j := r.IntN(k)
				p[i] = append(p[i], Op{Kind: held[j].Kind.release(), Lock: held[j].Lock})
				held[j] = held[k-1]
				held = held[:k-1]
				continue
			}
			left--
			a := Acquire{allKinds[1+r.IntN(2)], uint8(r.IntN(n))}
			if !Section(held).has(a.Lock) {
				held = append(held, a)
				p[i] = append(p[i], Op{Kind: a.Kind, Lock: a.Lock})
			}
		}
	}
	return p
}
