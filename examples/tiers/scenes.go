package main

import (
	"sync"

	"github.com/interlock-go/interlock/lockorder"
	"github.com/interlock-go/interlock/mutex"
)

func deadlock() {
	var a, b mutex.Mutex
	var both, all sync.WaitGroup
	both.Add(2)
	move := func(from, to *mutex.Mutex) {
		from.Lock()
		defer from.Unlock()
		both.Done()
		both.Wait() // until each has its first lock
		to.Lock()
		defer to.Unlock()
	}
	all.Go(func() { move(&a, &b) })
	all.Go(func() { move(&b, &a) })
	all.Wait()
}

func potential() {
	var cache, index mutex.Mutex
	put := func() {
		cache.Lock()
		defer cache.Unlock()
		index.Lock()
		defer index.Unlock()
	}
	evict := func() {
		index.Lock()
		defer index.Unlock()
		cache.Lock()
		defer cache.Unlock()
	}
	run(put, evict)
}

func needsWriter() {
	var config mutex.RWMutex
	port := func() int {
		config.RLock()
		defer config.RUnlock()
		return 80
	}
	run(func() {
		config.RLock()
		defer config.RUnlock()
		port()
	})
}

var (
	accounts = lockorder.NewClass("account")
	journal  = lockorder.NewClass("journal")
)

func violation() {
	lockorder.Order(accounts, journal)
	var account, log mutex.Mutex
	mutex.SetClass(&account, accounts)
	mutex.SetClass(&log, journal)
	run(func() {
		log.Lock()
		defer log.Unlock()
		account.Lock()
		defer account.Unlock()
	})
}

func guarded() {
	var gate, a, b mutex.Mutex
	mutex.SetClass(&gate, lockorder.NewClass("gate"))
	both := func(first, second *mutex.Mutex) {
		gate.Lock()
		defer gate.Unlock()
		first.Lock()
		defer first.Unlock()
		second.Lock()
		defer second.Unlock()
	}
	run(func() { both(&a, &b) }, func() { both(&b, &a) })
}

func ordered() {
	var a, b mutex.Mutex
	both := func(first, second *mutex.Mutex) {
		first.Lock()
		defer first.Unlock()
		second.Lock()
		defer second.Unlock()
	}
	run(func() {
		both(&a, &b)
		both(&b, &a)
	})
}

func hazard() {
	var session mutex.Mutex
	mutex.SetClass(&session, lockorder.NewClass("session"))
	run(func() {
		session.Lock() // and returns
	})
	_ = lockorder.Find() // looks for locks that finished goroutines left locked
}
