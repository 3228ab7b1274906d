package main

// rtBars are the bars of package pi/rt. They need a machine that permits real-time threads.
func rtBars() []bar {
	rt := func(impl, unit string) key { return key{"RT/impl=" + impl + "/case=uncontended", unit} }
	return []bar{
		{
			name: "rt-uncontended", says: "Lock and Unlock of an rt.Mutex by one real-time thread", limit: 1.15, unit: "×", figure: ratio,
			needs: []key{rt("rt", "sec/op"), rt("sync", "sec/op")},
		},
		{
			name: "rt-allocs", says: "allocations of that", unit: " allocs", figure: only,
			needs: []key{rt("rt", "allocs/op")},
		},
	}
}
