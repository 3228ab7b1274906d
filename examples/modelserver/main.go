// Command modelserver is a small model server with two planted mistakes: a cache and an
// index that are locked in both orders, which the detector finds although nothing
// hangs, and, with -ring, two requests that really wait for each other. It exits with 1
// because it finds something.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"sync"
	"sync/atomic"

	"github.com/interlock-go/interlock/lockorder"
	"github.com/interlock-go/interlock/mutex"
)

// store keeps models by name and an index by size.
type store struct {
	cache  mutex.RWMutex
	index  mutex.Mutex
	models map[string]int
	sizes  map[int]string
}

// put locks the cache, then the index.
func (s *store) put(name string, size int) {
	s.cache.Lock()
	defer s.cache.Unlock()
	s.index.Lock()
	defer s.index.Unlock()
	s.models[name], s.sizes[size] = size, name
}

// evict locks them the other way round.
func (s *store) evict(size int) {
	s.index.Lock()
	defer s.index.Unlock()
	s.cache.Lock()
	defer s.cache.Unlock()
	delete(s.models, s.sizes[size])
	delete(s.sizes, size)
}

// ring makes two requests that hold one GPU each and ask for the other's. The second asks by
// LockContext, so that the ring is refused and the program goes on.
func ring() error {
	var gpu [2]mutex.Mutex
	var both, all sync.WaitGroup
	both.Add(2)
	var refused error
	all.Go(func() {
		gpu[0].Lock()
		defer gpu[0].Unlock()
		both.Done()
		both.Wait()
		gpu[1].Lock()
		defer gpu[1].Unlock()
	})
	all.Go(func() {
		gpu[1].Lock()
		defer gpu[1].Unlock()
		both.Done()
		both.Wait()
		if refused = mutex.LockContext(context.Background(), &gpu[0]); refused == nil {
			gpu[0].Unlock()
		}
	})
	all.Wait()
	return refused
}

func main() {
	withRing := flag.Bool("ring", false, "also let two requests wait for each other")
	flag.Parse()
	var found atomic.Int32
	lockorder.SetHandler(func(r lockorder.Report) {
		found.Add(1)
		fmt.Println(r)
	})
	s := &store{models: map[string]int{}, sizes: map[int]string{}}
	var wg sync.WaitGroup
	wg.Go(func() { s.put("llama", 8) })
	wg.Wait()
	wg.Go(func() { s.evict(8) })
	wg.Wait()
	if *withRing {
		err := ring()
		if refused, ok := errors.AsType[*lockorder.DeadlockError](err); ok {
			found.Add(1)
			fmt.Printf("%+v\n", refused)
		}
	}
	if found.Load() > 0 {
		os.Exit(1)
	}
}
