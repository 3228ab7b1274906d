package banker_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/interlock-go/interlock/banker"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// patience bounds every wait of these tests. Nothing waits that long unless it is broken.
const patience = 20 * time.Second

func within(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	t.Cleanup(cancel)
	return ctx
}

func open(t *testing.T, capacity banker.Capacity, options ...banker.Option) *banker.Banker {
	t.Helper()
	b, err := banker.New(capacity, options...)
	require.NoError(t, err)
	return b
}

func register(t *testing.T, b *banker.Banker, name string, claim ...banker.Amount) *banker.Job {
	t.Helper()
	j, err := b.Register(name, claim...)
	require.NoError(t, err)
	return j
}

// balanced checks that all units are free or held, none twice, and that the sequence shown is safe.
func balanced(t require.TestingT, s banker.Snapshot) {
	free := slices.Clone(s.Available)
	for i := range s.Jobs {
		for r, n := range s.Allocation[i] {
			free[r] += n
			require.GreaterOrEqual(t, n, int64(0))
			require.GreaterOrEqual(t, s.Need[i][r], int64(0))
			require.Equal(t, s.Max[i][r], n+s.Need[i][r])
		}
	}
	require.Equal(t, s.Total, free)
	for _, n := range s.Available {
		require.GreaterOrEqual(t, n, int64(0))
	}
	_, ok := banker.Check(s.Available, s.Allocation, s.Need)
	require.True(t, ok, "unsafe:\n%v", s)
}
