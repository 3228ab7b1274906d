package timeline_test

import (
	"context"
	"fmt"
	"time"

	"github.com/interlock-go/interlock/pi"
	"github.com/interlock-go/interlock/pi/timeline"
)

// What each task did, in the order in which it ended. WriteText and WriteTrace write the same for people and for browsers.
func ExampleTimeline() {
	ctx := context.Background()
	line := &timeline.Timeline{Keep: 1000} // the latest
	e := pi.NewExecutor(pi.WithSlots(1), pi.WithObserver(line))
	_ = e.Do(ctx, 1, func(ctx context.Context, t *pi.Task) error {
		e.Go(ctx, 9, func(context.Context, *pi.Task) {})
		t.Checkpoint()
		return nil
	})
	_ = e.Shutdown(ctx)

	for _, s := range timeline.Spans(line.Events(), time.Now()) {
		fmt.Println("task", s.Task, s.State)
	}
	// Output:
	// task 1 ready
	// task 1 running
	// task 2 ready
	// task 2 running
	// task 1 ready
	// task 1 running
}
