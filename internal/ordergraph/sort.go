package ordergraph

// sortBy sorts s by ascending key[v], or by v itself if key is nil: a heapsort,
// because package slices is visible to the race detector.
//
//go:norace
func sortBy(s, key []uint32) {
	for i := len(s)/2 - 1; i >= 0; i-- {
		siftDown(s, key, i)
	}
	for n := len(s) - 1; n > 0; n-- {
		s[0], s[n] = s[n], s[0]
		siftDown(s[:n], key, 0)
	}
}

//go:norace
func siftDown(s, key []uint32, i int) {
	for {
		child := 2*i + 1
		if child >= len(s) {
			return
		}
		if child+1 < len(s) && rank(key, s[child]) < rank(key, s[child+1]) {
			child++
		}
		if rank(key, s[i]) >= rank(key, s[child]) {
			return
		}
		s[i], s[child] = s[child], s[i]
		i = child
	}
}

//go:norace
func rank(key []uint32, v uint32) uint32 {
	if key == nil {
		return v
	}
	return key[v]
}
