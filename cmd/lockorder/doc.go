// Lockorder finds the lock orders of a Go module that can deadlock.
//
// Usage:
//
//	lockorder test [flags] [packages] [go test flags]
//	lockorder run [flags] package [arguments]
//	lockorder build [flags] [packages]
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
// Packages of other modules keep the locks of sync, unless -deps names them or a
// lock crosses to them: where the module hands a *sync.Mutex of its own to a
// package, both have to have the same type, so that one changes, too, or, if it may
// not, neither does. Lockorder says of each such package where the lock crosses.
//
// Locks are known by what the source calls them: import/path.Type.field,
// import/path.variable, or import/path.function.variable. An order that was taken
// with two locks of that name holds for all of them, so an inversion is found even
// if its locks never met: a user's lock before a session's in one test, and in
// another test the lock of another session before that of another user. A lock that
// is reached by an interface, a parameter or a pointer in a field has no name there
// and is known by its instance. So are all locks of a line on which differently
// named ones are acquired. Two locks of one name that are held at once, in whatever
// order, are listed as a hazard, with the declaration that would prove it harmless.
//
// Flags and packages are those of go test and are handed on. -mod, -modfile and
// -overlay are taken into account: the build has a -modfile and -overlay of its
// own, which are made from them, and -mod=mod. Of a vendor directory, each module is
// replaced by its directory there. In a workspace, a copy of go.work takes the place
// of the copied go.mod, and go.work's vendor directory is not used. -count=1
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
//	-deps patterns
//		Comma-separated patterns of packages of other modules whose locks are
//		replaced, too; "all" for all of them.
//	-graph file
//		Write the orders and findings of all processes, merged, to file.
//
// Each test process appends what it sees to a file of its own as it sees it, so
// that one which deadlocks or exits has lost nothing; a deadlock is announced at
// once on standard error, for go test waits until its -timeout. Locks with a
// name, or a declared class, are known again in other processes, and cycles of their
// orders that no single process saw are found, too.
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
// # lockorder run and lockorder build
//
// Run does the same with a program: go run's flags, a package or the files of one,
// and what the program is given. Findings are printed as they are made, by the
// program, and again when it has ended.
//
//	$ lockorder run -fail none ./cmd/server -addr :8080
//
// Build makes the program and leaves it. Its locks are known by their names if it is
// told where they are: -classes writes a table of that, and the settings of INTERLOCK
// in the program's environment name it, and a directory for graph files.
//
//	$ lockorder build -o server -classes server.classes ./cmd/server
//	$ INTERLOCK="graph=/tmp/graph classes=server.classes" ./server
//
// Flags of their own are -plain and -deps, of run -fail and -graph, and of build
//
//	-classes file
//		Write the table of the locks' names to file.
//
// # Environment and exit status
//
// The settings graph and classes of the environment variable INTERLOCK are
// lockorder's in what it runs; other settings in it are handed on.
//
// The exit status is 0 if the tests passed and no finding is of a failing tier,
// 2 for a wrong command line or a build that could not be prepared, the go command's
// own if that failed, and 1 otherwise.
package main
