package oninterlock

import (
	"strconv"

	"github.com/interlock-go/interlock/lockorder"
	"github.com/interlock-go/interlock/mutex"
)

// classify gives every lock a class of its own.
func classify(locks []*mutex.Mutex) {
	for i, mu := range locks {
		mutex.SetClass(mu, lockorder.NewClass("graph"+strconv.Itoa(i)))
	}
}
