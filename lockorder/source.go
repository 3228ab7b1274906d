package lockorder

import (
	"fmt"
	"os"

	"github.com/interlock-go/interlock/internal/classfile"
)

// startClasses gives the detector the table of classes that the command lockorder
// has made of the source.
func startClasses(path string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	classes, err := classfile.Read(string(text))
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	for _, c := range classes {
		if graph != nil {
			_ = graph.Class(c.Name, c.Single)
		}
		id := engineNewClass(c.Name, NestAny)
		for _, p := range c.Places {
			engineSetSite(p.File, p.Line, id)
		}
	}
	return nil
}
