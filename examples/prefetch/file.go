package main

import (
	"bufio"
	"encoding/binary"
	"os"
)

// word is the i-th of a record's 8-byte words.
func word(number, i int) uint64 { return uint64(number)*0x9e3779b97f4a7c15 + uint64(i) }

// sumOf is the sum of a record's words.
func sumOf(number int) (sum uint64) {
	for i := range recordSize / 8 {
		sum += word(number, i)
	}
	return sum
}

// write makes a temporary file of n records and returns its name.
func write(n int) (name string, err error) {
	f, err := os.CreateTemp("", "records")
	if err != nil {
		return "", err
	}
	defer func() {
		if closing := f.Close(); err == nil {
			err = closing
		}
		if err != nil {
			os.Remove(f.Name())
		}
	}()
	w := bufio.NewWriter(f)
	var b [8]byte
	for number := range n {
		for i := range recordSize / 8 {
			binary.LittleEndian.PutUint64(b[:], word(number, i))
			if _, err := w.Write(b[:]); err != nil {
				return "", err
			}
		}
	}
	return f.Name(), w.Flush()
}
