// Package manners holds the tests that Go's own tools keep their eyes with the detector
// in place: the race detector, the runtime's "all goroutines are asleep", synctest, and the
// profiles of leaked goroutines and of contended locks.
package manners
