package rt_test

import (
	"fmt"
	"testing"

	"github.com/interlock-go/interlock/pi/rt"
)

func TestP(t *testing.T) {
	fmt.Println(rt.Probe())
	c := newCrew(t)
	var m rt.Mutex
	c.run(5, func(th *rt.Thread) {
		fmt.Println(th.ID(), m.Lock(th))
		b, _ := readf("/proc/self/task/" + fmt.Sprint(th.ID()) + "/sched")
		_ = b
		fmt.Println(stat(th.ID())[15], m.Lock(th))
		m.Unlock(th)
		fmt.Println(m.TryLock(th))
	})
	c.join()
	c.run(5, func(th *rt.Thread) { fmt.Println(m.TryLock(th), m.Lock(th), m.Lock(th)); m.Unlock(th) })
}
func readf(string) (string, error) { return "", nil }

const machineEnv = "X"

var machines map[string]func()
