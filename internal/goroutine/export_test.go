package goroutine

// Parse reads a dump.
func Parse(dump string) Traces { return parse([]byte(dump)) }

// Sample is what a goroutine with an id saw of itself: words by their place in the record.
type Sample struct {
	ID    uint64
	Here  bool
	Words map[int]uint64
}

// Running is the status that precedes the id in the record of a running goroutine.
const Running = statusRunning

// Agree finds the offset that is right in all samples.
func Agree(samples ...Sample) (offset uintptr, ok bool) {
	all := make([]sample, len(samples))
	for i, s := range samples {
		all[i] = sample{id: s.ID, here: s.Here}
		for at, word := range s.Words {
			all[i].words[at] = word
		}
	}
	return agree(all)
}
