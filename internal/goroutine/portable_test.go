//go:build !((amd64 || arm64) && gc && !interlock_portable)

package goroutine_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/interlock-go/interlock/internal/goroutine"
)

func TestTheDirectWayIsClosed(t *testing.T) {
	require.False(t, goroutine.Direct)
	require.Nil(t, goroutine.G())
}
