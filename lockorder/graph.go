package lockorder

// graphWriter receives what one process learns, for the command that merges
// the graphs of many.
type graphWriter interface {
	Order(Dependency) error
	Report(Report) error
	Class(name string, single bool) error
	Declare(before, after string) error
}

// graph is set in init and nil without graph= in INTERLOCK.
var graph graphWriter

// startGraph opens the process's graph file in a folder.
func startGraph(dir string) error {
	w, err := openGraph(dir)
	if err != nil {
		return err
	}
	graph = w
	return nil
}

func graphReport(r Report) {
	if graph != nil {
		// The report goes its other ways whether or not the disk is full.
		_ = graph.Report(r)
	}
}

func graphOrder(d Dependency) { _ = graph.Order(d) }

func graphClass(c *Class) {
	if graph != nil {
		_ = graph.Class(c.name, false)
	}
}

func graphDeclare(before, after *Class) {
	if graph != nil {
		_ = graph.Declare(before.name, after.name)
	}
}
