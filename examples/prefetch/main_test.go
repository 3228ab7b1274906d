package main

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestEveryRecordIsTrainedOn(t *testing.T) {
	var out strings.Builder
	j := job{records: 500, ahead: 8, work: 100 * time.Microsecond, progress: time.Hour}
	require.NoError(t, j.run(&out))
	require.Contains(t, out.String(), "prefetch: 500 of 500 records, 0 of 8 ahead")
}

func TestLongRunsSayHowItGoes(t *testing.T) {
	var out strings.Builder
	j := job{records: 200, ahead: 8, work: 2 * time.Millisecond, progress: 5 * time.Millisecond}
	require.NoError(t, j.run(&out))
	require.Greater(t, strings.Count(out.String(), "of 200 records"), 2)
}
