package park

// Together tells whether the waiters for two addresses stand in one queue.
func Together(a, b uintptr) bool { return shardOf(a) == shardOf(b) }
