// Package conformance holds what lockorder writes against the standards that it
// follows: SARIF and JSON against their schemas, and the pages against a browser.
//
// It has no code but tests, and is a module of its own: what they need would
// otherwise be a requirement of everybody who imports the library.
package conformance
