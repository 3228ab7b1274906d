//go:build !interlock_off

package manners_test

import (
	"os/exec"
	"testing"

	"github.com/stretchr/testify/require"
)

// A wait that the detector knows of is lost all the same when nobody can reach what it waits for.
func TestLeakProfileSeesLostWaits(t *testing.T) {
	t.Setenv("GOEXPERIMENT", "goroutineleakprofile")
	out, err := exec.Command(build(t, "lostwaits")).CombinedOutput()
	require.NoError(t, err, "%s", out)
	require.Equal(t, "4\n", string(out))
}
