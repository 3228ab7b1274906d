package rt_test

import (
	"errors"
	"fmt"

	"github.com/interlock-go/interlock/pi/rt"
)

func ExampleGo() {
	var m rt.Mutex
	done := make(chan error)
	err := rt.Go(20, func(th *rt.Thread) {
		err := m.Lock(th)
		if err == nil || err == rt.ErrOwnerDied { // it is locked in both cases
			m.Unlock(th)
		}
		done <- err
	})
	if errors.Is(err, rt.ErrUnsupported) {
		fmt.Println("<nil>") // err says what is missing
		return
	}
	fmt.Println(<-done)
	// Output: <nil>
}
