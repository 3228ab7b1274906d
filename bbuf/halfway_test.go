package bbuf_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/interlock-go/interlock/bbuf"
)

// An item that can be taken already and is not counted yet is taken once, and nothing after it.
func TestAnItemThatIsNotCountedYetIsTakenOnce(t *testing.T) {
	b := bbuf.New[int](64)
	release := b.PutHalfway(7)
	v, ok := b.Get1()
	require.True(t, ok)
	require.Equal(t, 7, v)
	_, ok = b.Get1()
	require.False(t, ok, "the ring is empty")
	release()
	require.Zero(t, b.Len())
	require.NoError(t, b.TryPut(8))
	v, err := b.TryGet()
	require.NoError(t, err)
	require.Equal(t, 8, v)
}
