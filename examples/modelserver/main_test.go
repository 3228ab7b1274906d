//go:build !interlock_off

package main

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/interlock-go/interlock/lockorder"
)

func TestRingIsRefused(t *testing.T) {
	refused, ok := errors.AsType[*lockorder.DeadlockError](ring())
	require.True(t, ok)
	require.Len(t, refused.Report.Edges, 2)
}
