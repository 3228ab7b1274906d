//go:build !interlock_off

package engine_test

import (
	"testing"

	"github.com/interlock-go/interlock/internal/engine"
)

// The park path's own part of a wait: what a client adds to a park and an unpark.
func BenchmarkWait(b *testing.B) {
	cases := map[string]func(*engine.Condition, []engine.Goroutine){
		"wakers=0":   func(*engine.Condition, []engine.Goroutine) {},
		"wakers=1":   func(c *engine.Condition, all []engine.Goroutine) { c.SetWakers(all[:1]...) },
		"wakers=100": func(c *engine.Condition, all []engine.Goroutine) { c.SetWakers(all...) },
	}
	stop := make(chan struct{})
	defer close(stop)
	var all []engine.Goroutine
	for range 100 {
		got := make(chan engine.Goroutine)
		go func() { got <- engine.Running(); <-stop }()
		all = append(all, <-got)
	}
	for name, set := range cases {
		b.Run(name, func(b *testing.B) {
			var c engine.Condition
			set(&c, all)
			w := new(engine.Waiter)
			b.ReportAllocs()
			for b.Loop() {
				w.Prepare(&c, forGate, 1)
				w.Block()
				w.Unblock()
			}
		})
	}
}
