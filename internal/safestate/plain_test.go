//go:build !race

package safestate_test

const slowed = 1
