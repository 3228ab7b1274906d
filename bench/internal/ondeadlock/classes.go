package ondeadlock

import "github.com/sasha-s/go-deadlock"

// classify does nothing: go-deadlock has no classes.
func classify([]*deadlock.Mutex) {}
