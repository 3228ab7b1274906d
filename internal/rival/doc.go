// Package rival holds interlock against github.com/sasha-s/go-deadlock, the detector
// that it is to replace: one program, run on real goroutines with the locks of the one and
// then of the other, and the oracle's verdict beside both. It has tests only; what they find
// is written down in docs/rival.md, which they keep true.
package rival
