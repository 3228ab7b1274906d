package lockorder

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// config is what the environment variable INTERLOCK sets.
type config struct {
	logPath   string // "stderr", "stdout" or a prefix to which .pid is added
	halt      bool
	exitCode  int
	tiers     tierSet // printed by the default handler
	classes   string  // file with the classes of the source, "" for none
	graph     string  // folder for a graph file, "" for none
	pause     string  // file with the cycle that goroutines are held up for, "" for none
	wait      time.Duration
	stacks    bool
	maxOrders int // 0: the engine's own bound
}

func defaultConfig() config {
	return config{logPath: "stderr", exitCode: 66, tiers: failingTiers}
}

// settings are the keys of INTERLOCK. Each sets one field or says why not.
var settings = map[string]func(*config, string) error{
	"log_path":      func(c *config, v string) error { return setText(&c.logPath, v) },
	"halt_on_error": func(c *config, v string) error { return setBool(&c.halt, v) },
	"exitcode":      func(c *config, v string) error { return setInt(&c.exitCode, v, 0, 255) },
	"tiers":         setTiers,
	"graph":         func(c *config, v string) error { return setText(&c.graph, v) },
	"classes":       func(c *config, v string) error { return setText(&c.classes, v) },
	"pause":         func(c *config, v string) error { return setText(&c.pause, v) },
	"wait":          setWait,
	"stacks":        func(c *config, v string) error { return setBool(&c.stacks, v) },
	"max_orders":    func(c *config, v string) error { return setInt(&c.maxOrders, v, 1, 1<<30) },
}

// settingNames are the keys in the order of the manual.
const settingNames = "log_path, halt_on_error, exitcode, tiers, graph, classes, pause, wait, stacks, max_orders"

// parseConfig reads space-separated key=value pairs. What is wrong is left at
// its default and named in an error of its own; a later pair overrides an
// earlier one.
func parseConfig(text string) (config, []error) {
	c := defaultConfig()
	var wrong []error
	for pair := range strings.FieldsSeq(text) {
		key, value, ok := strings.Cut(pair, "=")
		set, known := settings[key]
		switch {
		case !known:
			wrong = append(wrong, fmt.Errorf("%s: no such setting; there are %s", shortQuote(pair), settingNames))
			continue
		case !ok:
			wrong = append(wrong, fmt.Errorf("%s: wants a value, %s=…", shortQuote(pair), key))
			continue
		}
		if err := set(&c, value); err != nil {
			wrong = append(wrong, fmt.Errorf("%s: %w", shortQuote(pair), err))
		}
	}
	return c, wrong
}

// shortQuote names hostile input without repeating all of it.
func shortQuote(s string) string {
	const most = 80
	if len(s) > most {
		return strconv.Quote(s[:most]) + "…"
	}
	return strconv.Quote(s)
}

func setText(field *string, value string) error {
	if value == "" || strings.ContainsRune(value, 0) {
		return errors.New("wants a path")
	}
	*field = value
	return nil
}

func setBool(field *bool, value string) error {
	if value != "0" && value != "1" {
		return errors.New("wants 0 or 1")
	}
	*field = value == "1"
	return nil
}

func setInt(field *int, value string, low, high int) error {
	n, err := strconv.Atoi(value)
	if err != nil || n < low || n > high {
		return fmt.Errorf("wants a number from %d to %d", low, high)
	}
	*field = n
	return nil
}

func setWait(c *config, value string) error {
	d, err := time.ParseDuration(value)
	if value == "0" || err == nil && d == 0 {
		c.wait = 0
		return nil
	}
	if err != nil || d < 10*time.Millisecond {
		return errors.New("wants a duration from 10ms up, such as 10s, or 0 for none")
	}
	c.wait = d
	return nil
}

func setTiers(c *config, value string) error {
	var set tierSet
	switch value {
	case "all":
		set = ^tierSet(0)
	case "none":
	default:
		for name := range strings.SplitSeq(value, ",") {
			t, ok := tierNamed(name)
			if !ok {
				return fmt.Errorf("wants all, none or names of %s", strings.Join(tierNames[1:], ", "))
			}
			set |= tiersOf(t)
		}
	}
	c.tiers = set
	return nil
}
