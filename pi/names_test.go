package pi_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/interlock-go/interlock/pi"
)

// A log line about a number that nobody knows must not bring the process down.
func TestUnknownNumbersHaveAText(t *testing.T) {
	require.Equal(t, "ended", pi.Ended.String())
	require.Equal(t, "State(5)", (pi.Ended + 1).String())
	require.Equal(t, "State(-1)", pi.State(-1).String())
	require.Equal(t, "ended", pi.TaskEnded.String())
	require.Equal(t, "EventKind(11)", (pi.TaskEnded + 1).String())
	require.Equal(t, "EventKind(-1)", pi.EventKind(-1).String())
}
