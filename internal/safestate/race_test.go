//go:build race

package safestate_test

// slowed is by what the race detector, which has nothing to find in a package without
// goroutines, slows these tests down.
const slowed = 10
