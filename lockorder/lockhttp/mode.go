//go:build !interlock_off

package lockhttp

// off tells that the program was built without the detector.
const off = false
