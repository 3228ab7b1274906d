package main

import (
	"sync/atomic"

	"github.com/interlock-go/interlock/lockorder"
	"github.com/interlock-go/interlock/mutex"
)

// Names for the reports.
var (
	cacheClass = lockorder.NewClass("cache")
	statsClass = lockorder.NewClass("stats")
)

// cache keeps the models that were used last. Its two locks are never held together, and neither while a model is read.
type cache struct {
	dir  string
	most int // models at a time

	mu    mutex.RWMutex // guards at; read for every request, written on a miss
	at    map[string]*entry
	clock atomic.Int64

	stats        mutex.Mutex // guards what follows
	hits, misses int
}

// entry is a model that is there or being read.
type entry struct {
	load func() (*model, error) // reads it once, however many wait for it
	used atomic.Int64
}

func newCache(dir string, most int) *cache {
	c := &cache{dir: dir, most: most, at: map[string]*entry{}}
	mutex.SetClass(&c.mu, cacheClass)
	mutex.SetClass(&c.stats, statsClass)
	return c
}

// get returns a model, and reads it if need be.
func (c *cache) get(name string) (*model, error) {
	c.mu.RLock()
	e := c.at[name]
	c.mu.RUnlock()
	hit := e != nil
	if !hit {
		e = c.add(name)
	}
	c.count(hit)
	e.used.Store(c.clock.Add(1))
	m, err := e.load()
	if err != nil {
		c.drop(name, e)
	}
	return m, err
}

// add makes room for a model, unless another request has just done so.
func (c *cache) add(name string) *entry {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e := c.at[name]; e != nil {
		return e
	}
	if len(c.at) >= c.most {
		delete(c.at, c.oldest())
	}
	e := &entry{load: mutex.OnceValues(func() (*model, error) { return readModel(c.dir, name) })}
	c.at[name] = e
	return e
}

// oldest returns the name of the model that was not used for longest; c.mu is held.
func (c *cache) oldest() (name string) {
	mutex.AssertHeld(&c.mu)
	for n, e := range c.at {
		if name == "" || e.used.Load() < c.at[name].used.Load() {
			name = n
		}
	}
	return name
}

// drop takes an entry out that could not be read.
func (c *cache) drop(name string, e *entry) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.at[name] == e {
		delete(c.at, name)
	}
}

func (c *cache) count(hit bool) {
	c.stats.Lock()
	defer c.stats.Unlock()
	if hit {
		c.hits++
	} else {
		c.misses++
	}
}

// counts returns how many gets found their model, and how many had to read it.
func (c *cache) counts() (hits, misses int) {
	c.stats.Lock()
	defer c.stats.Unlock()
	return c.hits, c.misses
}
