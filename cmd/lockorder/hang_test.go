package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

func TestADeadlockIsSaidOnceAndAtOnce(t *testing.T) {
	const deadlock = `report {"tier":"deadlock","summary":"two goroutines wait for each other"}` + "\n"
	dir := t.TempDir()
	file := filepath.Join(dir, "a.test-7.graph")
	write := func(text string) {
		f, err := os.OpenFile(file, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o666)
		require.NoError(t, err)
		_, err = f.WriteString(text)
		require.NoError(t, err)
		require.NoError(t, f.Close())
	}
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		stop := watchHangs(dir, &out)
		said := func() string {
			time.Sleep(pollHangs)
			synctest.Wait()
			return out.String()
		}
		require.Empty(t, said())
		write("interlock-graph 2\n" + deadlock[:40])
		require.Empty(t, said(), "half a line")
		write(deadlock[40:])
		const want = "lockorder: a.test-7 has deadlocked and may hang until the -timeout of go test: two goroutines wait for each other\n"
		require.Equal(t, want, said())
		require.Equal(t, want, said(), "once")
		write(`report {"tier":"deadlock","refused":true}` + "\n" + `report {"tier":"potential","summary":"\"tier\":\"deadlock\""}` + "\n")
		require.Equal(t, want, said())
		stop()
	})
}
