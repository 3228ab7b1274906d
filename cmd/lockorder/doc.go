// Lockorder finds the lock orders of a Go module that can deadlock.
//
// Usage:
//
//	lockorder test [flags] [packages] [go test flags]
//	lockorder help
//	lockorder version
//
// # lockorder test
//
// Test runs the tests of the module in the current directory with the locks of
// package sync replaced by those of github.com/interlock-go/interlock, and
// prints each order of locks, taken by any of the test processes, with which
// some schedule deadlocks. The locks need not have met in the run that is
// observed: it is enough that each goroutine has taken its own.
//
//	$ lockorder test ./...
//	$ lockorder test -race -run TestServer -count 20 ./server
//
// The module's source stays as it is, and so do go.mod and go.sum. The compiler
// is given other contents for the files that import sync, in which the import is
// one of a package with the same names, and the go command a copy of go.mod that
// requires interlock. All file names and lines are those of the source.
// Packages of other modules keep the locks of sync.
//
// Flags and packages are those of go test and are handed on. -mod, -modfile and
// -overlay are taken into account: the build has a -modfile and -overlay of its
// own, which are made from them, and -mod=mod; a vendor directory is not used.
// In a workspace, a copy of go.work takes the place of the copied go.mod. -count=1
// is added when -count is not given, because a result from the cache shows no
// order. With -json, standard output is go test's and the findings go to
// standard error.
//
// Flags of its own, which come before -args:
//
//	-fail tiers
//		Comma-separated tiers of findings that make the command fail:
//		deadlock, potential, needs-writer, violation, guarded, ordered, hazard;
//		"none" for none of them. The default is
//		deadlock,potential,needs-writer,violation.
//	-plain patterns
//		Comma-separated patterns of packages that keep the locks of sync.
//	-graph file
//		Write the orders and findings of all processes, merged, to file.
//
// Each test process appends what it sees to a file of its own as it sees it, so
// that one which deadlocks or exits has lost nothing; a deadlock is announced at
// once on standard error, for go test waits until its -timeout. Locks with a
// declared class are known again in other processes, and cycles of their orders
// that no single process saw are found, too.
//
// The tiers say how certain a finding is:
//
//	deadlock      it has happened
//	potential     some schedule of what was seen deadlocks
//	needs-writer  so, once somebody locks for writing what was only read
//	violation     a declared order is broken
//	guarded       a cycle that a common lock makes harmless
//	ordered       a cycle taken by one goroutine only, or in different phases
//	hazard        waiting with a lock held, and other suspicions
//
// A type that is shared with another module can stand in the way: where the
// module hands a *sync.Mutex to a package that keeps sync's, the two are
// different types and the build fails. Lockorder then names the package;
// -plain leaves it out.
//
// The setting graph of the environment variable INTERLOCK is lockorder's in the
// test processes; other settings in it are handed on.
//
// The exit status is 0 if the tests passed and no finding is of a failing tier,
// 2 for a wrong command line or a build that could not be prepared, go test's
// own if that failed, and 1 otherwise.
package main
