//go:build !interlock_off

package manners_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/interlock-go/interlock/mutex"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// build compiles a program of testdata.
func build(t *testing.T, name string, flags ...string) string {
	t.Helper()
	bin := filepath.Join(t.TempDir(), name)
	cmd := exec.Command("go", append(append([]string{"build", "-o", bin}, flags...), "./testdata/"+name)...)
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", out)
	return bin
}

func TestPlantedRacesAreStillSeen(t *testing.T) {
	bin := build(t, "races", "-race")
	for _, impl := range []string{"-interlock=false", "-interlock=true"} {
		seen := 0
		for n := range 50 {
			for range 5 { // the two goroutines must meet in the detector's memory
				cmd := exec.Command(bin, impl, "-n", strconv.Itoa(n))
				cmd.Env = append(os.Environ(), "GORACE=atexit_sleep_ms=0")
				out, _ := cmd.CombinedOutput()
				if strings.Contains(string(out), "WARNING: DATA RACE") && strings.Contains(string(out), "main.main.func") {
					seen++
					break
				}
			}
		}
		t.Logf("%s: %d of 50", impl, seen)
		require.Equal(t, 50, seen, impl)
	}
}

func TestAllGoroutinesAreAsleepStillFires(t *testing.T) {
	out, err := exec.Command(build(t, "asleep")).CombinedOutput()
	require.Error(t, err)
	require.Contains(t, string(out), "fatal error: all goroutines are asleep - deadlock!")
	require.True(t, strings.HasPrefix(string(out), "interlock: "), "the report comes first:\n%s", out)
	require.Contains(t, string(out), "interlock: deadlock: ")
}

var global mutex.Mutex

func TestTwoBubblesShareALock(t *testing.T) {
	for range 2 {
		synctest.Test(t, func(t *testing.T) {
			global.Lock()
			go func() {
				global.Lock()
				defer global.Unlock()
			}()
			global.Unlock()
			synctest.Wait()
		})
	}
}
