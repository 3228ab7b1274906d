//go:build rival

package main

import deadlock "github.com/sasha-s/go-deadlock"

type mutex = deadlock.Mutex
