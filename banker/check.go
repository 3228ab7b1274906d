package banker

import (
	"slices"

	"github.com/interlock-go/interlock/internal/safestate"
)

// Check is the textbook's safety algorithm (Habermann; Silberschatz, Galvin and Gagne): it
// goes through the jobs in order, again and again, and lets each finish whose need is
// covered by what is available and by what those before it gave back. alloc and need have
// a row per job and a column per resource, avail has a number per resource.
//
// It returns the jobs in the order in which they finish, and whether all do; if not, the
// others are stuck. It panics if the rows differ in length. No number may be negative, and what is
// available and held of a resource must not add up to more than an int64 has.
func Check(avail []int64, alloc, need [][]int64) (seq []int, ok bool) {
	wrong := func(row []int64) bool { return len(row) != len(avail) }
	if len(alloc) != len(need) || slices.ContainsFunc(alloc, wrong) || slices.ContainsFunc(need, wrong) {
		panic("banker: Check of matrices that do not fit")
	}
	return safestate.Sequence(avail, alloc, need)
}
