package lockorder

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/interlock-go/interlock/internal/rendezvous"
	"github.com/interlock-go/interlock/internal/visible"
)

// active is what INTERLOCK said. Nothing writes it after init.
var active = defaultConfig()

func init() {
	c, wrong := parseConfig(os.Getenv("INTERLOCK"))
	if err := checkLogPath(c.logPath); err != nil {
		wrong = append(wrong, err)
		c.logPath = "stderr"
	}
	if c.graph != "" {
		if err := startGraph(c.graph); err != nil {
			wrong = append(wrong, fmt.Errorf("graph: %w", err))
			c.graph = ""
		}
	}
	if c.classes != "" {
		if err := startClasses(c.classes); err != nil {
			wrong = append(wrong, fmt.Errorf("classes: %w", err))
		}
	}
	var pauses rendezvous.Plan
	if c.pause != "" {
		var err error
		if pauses, err = readPauses(c.pause); err != nil {
			wrong = append(wrong, fmt.Errorf("pause: %w", err))
			c.pause = ""
		}
	}
	if c.logPath != "stderr" && c.logPath != "stdout" {
		// The file is opened late, and the program may go to another folder first.
		if abs, err := filepath.Abs(c.logPath); err == nil {
			c.logPath = abs
		}
	}
	for _, err := range wrong {
		complain("INTERLOCK: " + visible.Text(err.Error()))
	}
	active = c
	log.path = c.logPath
	engineStart(c)
	if c.pause != "" {
		startPauses(pauses)
	} else if c.wait > 0 { // who waits for one that is held up waits for us
		go watchWaits(c.wait, nil)
	}
}

// checkLogPath finds out at start whether a file could be made, without
// making one.
func checkLogPath(path string) error {
	if path == "stderr" || path == "stdout" {
		return nil
	}
	info, err := os.Stat(filepath.Dir(path))
	if err != nil {
		return fmt.Errorf("log_path: %w", err)
	}
	if !info.IsDir() {
		return errors.New("log_path: " + filepath.Dir(path) + " is no folder")
	}
	return nil
}
