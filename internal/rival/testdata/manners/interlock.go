//go:build !rival

package main

import mutexes "github.com/interlock-go/interlock/mutex"

type mutex = mutexes.Mutex
