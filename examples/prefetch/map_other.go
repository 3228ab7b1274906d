//go:build !unix

package main

import "os"

// mapFile reads a file where there is no mmap.
func mapFile(name string) (data []byte, unmap func() error, err error) {
	data, err = os.ReadFile(name)
	return data, func() error { return nil }, err
}
