package safestate

// Sequence is the textbook's safety algorithm: it goes through the jobs in order, again
// and again, and lets each finish whose need is free. It returns the jobs in the order in
// which they finished, and whether all did.
func Sequence(free []int64, held, need [][]int64) (seq []int, ok bool) {
	work := append([]int64(nil), free...)
	done := make([]bool, len(need))
	for again := true; again; {
		again = false
		for j := range need {
			if done[j] || !covers(work, need[j]) {
				continue
			}
			for r, h := range held[j] {
				work[r] += h
			}
			done[j], again = true, true
			seq = append(seq, j)
		}
	}
	return seq, len(seq) == len(need)
}

func covers(have, need []int64) bool {
	for r, n := range need {
		if n > have[r] {
			return false
		}
	}
	return true
}
