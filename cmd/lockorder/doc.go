// Lockorder finds the lock orders of a Go module that can deadlock.
//
// Usage:
//
//	lockorder test [flags] [packages] [go test flags]
//	lockorder run [flags] package [arguments]
//	lockorder build [flags] [packages]
//	lockorder merge [-o file] [-skip] graph...
//	lockorder check [flags] graph...
//	lockorder explain [flags] id graph...
//	lockorder help [json]
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
//	-confirm
//		Try to make each potential finding happen, see below.
//	-confirm-runs n
//		The same, with up to n reruns for each finding. The default is 20.
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
// # Confirmation
//
// With -confirm, each potential finding is then tried out, as DeadlockFuzzer does
// (Joshi et al., PLDI 2009): the test binaries that take all of its orders are run
// again, and a goroutine that holds one lock of the cycle and is about to ask for
// the next is held up until all others stand likewise with the same locks, or for a
// limit that is 40 ms in the first rerun and a tenth longer in each further one. If all come the ring
// closes, for real, the process ends, and the finding is printed with the stacks of that ring:
//
//	confirmed: in rerun 1, of bank.test, with goroutines held up at these places the ring has closed:
//	...
//	lockorder: confirmed 3 of 4 potential findings
//
// A finding that is not confirmed stays what it is, potential: that a ring did not close
// in some reruns proves nothing. It may need a delay that was not tried, or a channel
// that the rule does not see may keep it from closing. A finding whose orders
// are those of several processes is not tried. Neither changes the exit status.
//
// A binary is run once at a time, as many of them side by side as -p says, with
// the arguments that go test gave it, but for those that write profiles. What it
// prints is dropped, and it does not matter whether its tests pass.
// The pauses of one process add up to twelve times the limit at most. A rerun that takes
// 30 s longer than all tests have taken is ended, and that finding is tried no more. An
// interrupt ends the reruns, and what they have shown is printed.
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
// Each finding has an ID, the same in another build, on another machine and after
// lines have moved: it is made of the tier and of the names in the cycle.
//
// The settings graph, classes and pause of the environment variable INTERLOCK are
// lockorder's in what it runs; other settings in it are handed on.
//
// # lockorder merge
//
// Merge joins graph files, of shards of a test run, of hosts, of services that ran
// with graph=DIR in INTERLOCK, into one, on standard output or in the file of -o. A
// graph is a graph file or a directory of them. It matters neither in which order
// files are merged nor whether one is given twice. The text is sorted, and names
// places by import path and line, so that two of them can be compared by eye.
//
// A file that is truncated or no graph file is named with its line, and nothing is
// merged; with -skip it is left out, whole.
//
// # lockorder check
//
// Check prints the findings of graphs, those included that no single process could
// have made, and holds them against a baseline, the file in which a project commits
// the lock orders that it is known to take:
//
//	$ lockorder test -fail none -graph all.graph ./...
//	$ lockorder check -baseline lockorder.txt -update all.graph
//	$ lockorder check -baseline lockorder.txt all.graph
//
// A finding is new if an order in it is not in the baseline, or if it has happened;
// new ones of the failing tiers make the command fail, and those that the baseline
// knows are a line each. New orders that close no cycle are listed, and so are
// declared orders of classes that nobody has taken. An order of the baseline takes
// part in the search even if nobody has taken it this time.
//
// An order in the baseline is known by names, and by places second. The name of a
// lock is its class, or the function that locks it, behind "lock@". Orders between
// classes are one, wherever they are taken. Where a lock has no class, its lines
// tell orders of one function apart; when lines have moved, what is left over is
// matched by names, and of several with the same names by the distance of their
// lines.
//
// These lines of a baseline are written by hand, and kept by -update:
//
//	declare user session
//	suppress 0a1b2c3d4e5f until 2027-03-31 because shutdown runs alone
//
// The first declares that class user is taken before class session, as
// lockorder.Order does. The second keeps the finding of that ID from failing, up to
// and including that day in UTC; after it the line itself fails. A conflict
// marker, a line that cannot be read and the name of an unknown class are errors.
//
// Flags:
//
//	-baseline file
//		The baseline. Without one all findings are new.
//	-update
//		Write the orders of the graphs to the baseline, and exit with 0.
//	-partial
//		The graphs are of a part of the tests: the baseline may name classes that
//		they do not know, and -update keeps orders that they do not have.
//	-fail tiers
//		As for lockorder test.
//	-format format
//		text; json, by the schema that "lockorder help json" prints; sarif, which
//		is SARIF 2.1.0; github, which are annotations for GitHub Actions; dot;
//		svg; html. The pictures show each cycle, and under it the graph of all
//		orders, drawn by Graphviz if it is installed.
//	-o file
//		Write the format to file, and the text to standard output.
//	-skip
//		Leave out graph files that cannot be read.
//
// # lockorder explain
//
// Explain prints how the finding of an ID comes to hang: who locks what, then who
// asks for what and waits for whom, each step with file and line. The beginning of
// an ID will do. With -baseline, and -partial, it explains what lockorder check
// finds with them.
//
// # Exit status
//
// The exit status is 0 if the tests passed and no finding is of a failing tier,
// 2 for a wrong command line or a build that could not be prepared, go test's
// own if that failed, and 1 otherwise. Merge, check and explain exit with 2 if a
// file cannot be read, and check with 1 if something fails.
package main
