package onsync

import "sync"

// classify does nothing: sync has no classes.
func classify([]*sync.Mutex) {}
