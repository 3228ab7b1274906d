//go:build !linux

package rt_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/interlock-go/interlock/pi/rt"
)

func TestUnsupported(t *testing.T) {
	err := rt.Go(1, func(*rt.Thread) { t.Error("runs") })
	require.ErrorIs(t, err, rt.ErrUnsupported)
	require.ErrorIs(t, err, errors.ErrUnsupported)
	require.ErrorContains(t, err, "Linux")
	require.Equal(t, err, rt.Probe().Err())
}
