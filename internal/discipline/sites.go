package discipline

import (
	"runtime"

	"github.com/interlock-go/interlock/internal/fingerprint"
	"github.com/interlock-go/interlock/internal/hashtable"
)

// Sites are classes by the places in the source where their locks are acquired. The zero value knows
// none. It is not safe for concurrent use.
type Sites struct {
	byPlace hashtable.Table // fingerprint of file and line → class
	byPC    hashtable.Table // return address → class, 0 for none: what byPlace has said of it
}

// Set says that the locks acquired at a line of a file, as the line tables of the program name it, are of a class.
//
//go:norace
func (s *Sites) Set(file string, line int, class uint32) {
	s.byPlace.Put(fingerprint.Place(file, line), class)
}

// At returns the class of what is acquired by the call with return address pc, 0 if the source does not say.
//
//go:norace
func (s *Sites) At(pc uintptr) uint32 {
	if s.byPlace.Len() == 0 || pc == 0 {
		return 0
	}
	if class, ok := s.byPC.Get(uint64(pc)); ok {
		return class
	}
	class := uint32(0)
	if f := runtime.FuncForPC(pc - 1); f != nil { // the innermost, if the call was inlined
		file, line := f.FileLine(pc - 1)
		class, _ = s.byPlace.Get(fingerprint.Place(file, line))
	}
	s.byPC.Put(uint64(pc), class)
	return class
}
