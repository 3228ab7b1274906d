// Command asleep deadlocks on two of interlock's locks and nothing else, so that the runtime sees it.
package main

import (
	"sync"

	"github.com/interlock-go/interlock/mutex"
)

func main() {
	var a, b mutex.Mutex
	var both sync.WaitGroup
	both.Add(2)
	go func() {
		b.Lock()
		both.Done()
		both.Wait()
		a.Lock()
	}()
	a.Lock()
	both.Done()
	both.Wait()
	b.Lock()
}
