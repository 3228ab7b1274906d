//go:build !race

package rt_test

const raceDetector = false
