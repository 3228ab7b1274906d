// Package overlay prepares a build of somebody else's module in which sync's
// locks are interlock's, without a change to the module's files.
//
// The go command can be told to read other contents for a file (-overlay) and
// another go.mod (-modfile). In the contents that it gets from here, a file's
// import of sync is an import of mutex/lockshim under the name sync, and not a
// line has moved; the go.mod requires interlock. Everything made is under the
// user's cache directory or in a directory of the run.
//
// Prior art: orchestrion and the OpenTelemetry compile-time tool wrap the
// compiler (-toolexec), which keys the build cache badly; failpoint rewrites
// files in place and has to restore them.
package overlay

const (
	// Module is the module that the prepared build requires.
	Module = "github.com/interlock-go/interlock"
	// Shim is the package that stands in for sync.
	Shim = Module + "/mutex/lockshim"
)
