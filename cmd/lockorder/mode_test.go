//go:build !interlock_off && !interlock_portable

package main

// otherMode says that the tests are not compiled as a program usually is.
const otherMode = false
