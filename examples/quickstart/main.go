// Command quickstart is the README's first screen: two locks taken in both orders. Nothing hangs, and it is reported.
package main

import "github.com/interlock-go/interlock/mutex"

var cache, index mutex.Mutex // instead of sync.Mutex

func put()   { cache.Lock(); defer cache.Unlock(); index.Lock(); defer index.Unlock() }
func evict() { index.Lock(); defer index.Unlock(); cache.Lock(); defer cache.Unlock() }

func main() {
	done := make(chan bool)
	go func() { put(); done <- true }()
	<-done
	evict()
}
