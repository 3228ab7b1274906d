package lockorder_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/interlock-go/interlock/lockorder"
)

func defaults() lockorder.Config {
	return lockorder.Config{
		LogPath: "stderr", ExitCode: 66,
		Tiers: []lockorder.Tier{lockorder.Deadlock, lockorder.Potential, lockorder.NeedsWriter, lockorder.Violation},
	}
}

func TestConfigSetsWhatItNames(t *testing.T) {
	for text, change := range map[string]func(*lockorder.Config){
		"":                                func(*lockorder.Config) {},
		" \t ":                            func(*lockorder.Config) {},
		"log_path=stdout":                 func(c *lockorder.Config) { c.LogPath = "stdout" },
		"log_path=/tmp/a=b":               func(c *lockorder.Config) { c.LogPath = "/tmp/a=b" },
		"halt_on_error=1":                 func(c *lockorder.Config) { c.Halt = true },
		"halt_on_error=1 halt_on_error=0": func(*lockorder.Config) {},
		"exitcode=0":                      func(c *lockorder.Config) { c.ExitCode = 0 },
		"graph=/tmp/g":                    func(c *lockorder.Config) { c.Graph = "/tmp/g" },
		"pause=/tmp/p":                    func(c *lockorder.Config) { c.Pause = "/tmp/p" },
		"wait=10s":                        func(c *lockorder.Config) { c.Wait = 10 * time.Second },
		"wait=10s wait=0":                 func(*lockorder.Config) {},
		"stacks=1  max_orders=7":          func(c *lockorder.Config) { c.Stacks, c.MaxOrders = true, 7 },
		"tiers=none":                      func(c *lockorder.Config) { c.Tiers = nil },
		"tiers=hazard,deadlock": func(c *lockorder.Config) {
			c.Tiers = []lockorder.Tier{lockorder.Deadlock, lockorder.Hazard}
		},
		"tiers=all": func(c *lockorder.Config) {
			c.Tiers = append(c.Tiers, lockorder.Guarded, lockorder.Ordered, lockorder.Hazard)
		},
	} {
		t.Run(text, func(t *testing.T) {
			want := defaults()
			change(&want)
			got, wrong := lockorder.ParseConfig(text)
			require.Empty(t, wrong)
			require.Equal(t, want, got)
		})
	}
}

func TestConfigNamesWhatIsWrongAndIgnoresIt(t *testing.T) {
	for text, message := range map[string]string{
		"halt_on_error=yes":   `"halt_on_error=yes": wants 0 or 1`,
		"halt=1":              `"halt=1": no such setting`,
		"stacks":              `"stacks": wants a value`,
		"=1":                  `"=1": no such setting`,
		"exitcode=256":        `"exitcode=256": wants a number from 0 to 255`,
		"exitcode=-1":         `from 0 to 255`,
		"max_orders=0":        `from 1 to`,
		"wait=10":             `wants a duration`,
		"wait=-1s":            `wants a duration`,
		"wait=1ns":            `wants a duration`,
		"tiers=":              `wants all, none or names of deadlock, potential`,
		"tiers=deadlock,oops": `wants all, none or names of`,
		"log_path=":           `wants a path`,
		"log_path=a\x00b":     `wants a path`,
		"graph=":              `wants a path`,
		"\x1b[31m=1":          `"\x1b[31m=1": no such setting`,
	} {
		t.Run(text, func(t *testing.T) {
			got, wrong := lockorder.ParseConfig(text)
			require.Len(t, wrong, 1)
			require.ErrorContains(t, wrong[0], message)
			require.Equal(t, defaults(), got)
		})
	}
}

func TestConfigGoesOnAfterWhatIsWrong(t *testing.T) {
	got, wrong := lockorder.ParseConfig("oops exitcode=x stacks=1")
	require.Len(t, wrong, 2)
	require.True(t, got.Stacks)
}

func FuzzParseConfig(f *testing.F) {
	for _, seed := range []string{"", "log_path=x halt_on_error=1", "tiers=deadlock,all", "wait=10s stacks=2", "a=\x00 =", "max_orders=99999999999999999999"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		c, wrong := lockorder.ParseConfig(text)
		require.LessOrEqual(t, len(wrong), len(strings.Fields(text)))
		for _, err := range wrong {
			require.NotContains(t, err.Error(), "\n")
			require.Less(t, len(err.Error()), 1000)
		}
		require.NotEmpty(t, c.LogPath)
		require.True(t, c.Wait == 0 || c.Wait >= 10*time.Millisecond)
		require.GreaterOrEqual(t, c.MaxOrders, 0)
		require.True(t, 0 <= c.ExitCode && c.ExitCode <= 255)
	})
}
