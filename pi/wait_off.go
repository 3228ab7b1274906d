//go:build interlock_off

package pi

// Without the detector nobody is told of waits.

type wait struct{}

func (*wait) prepare(*Mutex)           {}
func (*wait) begin(bool) error         { return nil }
func (*wait) refused() <-chan struct{} { return nil }
func (*wait) over()                    {}
func (*wait) resumed()                 {}
func (*wait) end() error               { return nil }

type watch struct{}

func (*watch) handed(*Mutex, *Task) {}

func (*watch) named(*Mutex) {}

func (*watch) owner(*Task) {}

func (*Task) identify() {}
