// Package lockslog writes findings to a logger of log/slog.
//
//	lockorder.SetHandler(lockslog.Handler(slog.Default()))
//
// A Deadlock is an error; the other tiers that fail tests are warnings; what is
// only listed is information. Waits that last longer than wait= of INTERLOCK says
// come as findings, of kind long-wait.
package lockslog

import (
	"context"
	"log/slog"
	"slices"

	"github.com/interlock-go/interlock/lockorder"
)

// Handler returns a handler of findings, for [lockorder.SetHandler], that logs
// each as one record. The message is the first line of the report's text without
// "interlock: "; the attributes are tier, kind and id, the numbers of the
// goroutines, and the whole report as text. l must not be nil.
//
// The logger is called in the middle of a Lock. One that locks what the program
// holds at that moment, or waits for a reader that is stuck, holds it up.
func Handler(l *slog.Logger) func(lockorder.Report) {
	if l == nil {
		panic("lockslog: Handler: the logger is nil")
	}
	return func(r lockorder.Report) {
		ctx, level := context.Background(), levelOf(r.Tier)
		if !l.Enabled(ctx, level) {
			return
		}
		var goroutines []uint64
		for _, e := range slices.Concat(r.Edges, r.Knot) {
			goroutines = append(goroutines, e.Goroutine)
		}
		l.LogAttrs(ctx, level, r.Tier.String()+": "+r.Summary,
			slog.String("tier", r.Tier.String()), slog.String("kind", string(r.Kind)), slog.String("id", r.ID),
			slog.Any("goroutines", goroutines), slog.String("report", r.String()))
	}
}

func levelOf(t lockorder.Tier) slog.Level {
	switch t {
	case lockorder.Deadlock:
		return slog.LevelError
	case lockorder.Potential, lockorder.NeedsWriter, lockorder.Violation:
		return slog.LevelWarn
	}
	return slog.LevelInfo
}
