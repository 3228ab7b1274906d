package bbuf_test

import "unsafe"

// copyBytes copies a value that vet would not let go.
func copyBytes[T any](to, from *T) {
	n := unsafe.Sizeof(*from)
	copy(unsafe.Slice((*byte)(unsafe.Pointer(to)), n), unsafe.Slice((*byte)(unsafe.Pointer(from)), n))
}
