// Package lockorder says what the detector behind this module's locks has
// found, and lets a program tell it what it cannot see.
//
// The locks of package mutex record in which order they are taken. From that
// the detector predicts deadlocks that have not happened yet, and reports the
// ones that happen at the moment when the last goroutine blocks. Nothing has
// to be called for that; a program that does nothing gets reports on standard
// error.
//
// # Reports
//
// A finding becomes one [Report], however often it recurs. Its text begins
// with a line that can be grepped for,
//
//	interlock: potential: cache.mu and index.mu are locked in both orders, so …
//
// and everything after it is indented: for each goroutine what it held, what
// it asked for and the stacks of both; why that deadlocks; which lines to
// change. The [Tier] says how certain it is:
//
//	deadlock      it is happening                                      fails
//	potential     some schedule of what was seen deadlocks             fails
//	needs-writer  real once somebody writes what was only read so far  fails
//	violation     breaks a declared order or a class's rule            fails
//	guarded       a gate lock keeps the cycle from closing             is listed
//	ordered       seen in one goroutine, or in different phases        is listed
//	hazard        suspicious, certain of nothing                       is listed
//
// What fails is printed and fails tests. What is listed waits in [Snapshot],
// and in [Find] for those who ask with [FailOn].
//
// [SetHandler] sends reports elsewhere. A Report is a value with stable JSON.
//
// # Declarations
//
// A [Class] names locks that play one part; reports then say "account" instead
// of "Mutex #4711", and an order learnt from two accounts holds for all:
//
//	var (
//		accounts = lockorder.NewClass("account", lockorder.NestByRank)
//		journal  = lockorder.NewClass("journal")
//	)
//
//	func init() { lockorder.Order(accounts, journal) }
//
//	func NewAccount(number int64) *Account {
//		a := &Account{number: number}
//		mutex.SetClass(&a.mu, accounts.Rank(number))
//		return a
//	}
//
// [Order] makes the other order a violation before anybody deadlocks over it.
// [Phase] tells start-up and tear-down from the time between. [AllowOrder] and
// [Ignore] take back what the detector is wrong about; say why beside the call.
//
// # Tests
//
//	func TestMain(m *testing.M) { lockorder.VerifyTestMain(m) }
//
//	func TestTransfer(t *testing.T) {
//		defer lockorder.VerifyNone(t)
//		…
//	}
//
// Tests that make their locks anew have different locks: what one test takes in one order and the next in the other
// is found if the locks have classes.
//
// [VerifyTestMain] alone is enough to fail a package's run; [VerifyNone]
// names the test as well, also among parallel ones.
//
// # A running program
//
// [Snapshot] is all that is known at one moment: who waits for whom, who holds what, the orders and the findings;
// [State.WriteDOT] draws it. [ReadMetrics] is the numbers alone. Package lockhttp shows both on a page, and lockslog,
// lockexpvar and lockprom hand findings and numbers to slog, expvar and Prometheus.
//
// A program that cannot afford to hang asks by mutex.LockContext: where a wait would close a ring it returns a
// [DeadlockError] with the report, and nothing is locked.
//
// With the build tag interlock_off there is no detector: declarations are accepted, nothing is found and nothing is listed.
//
// # Environment
//
// The variable INTERLOCK is read once at start. It holds key=value pairs with
// spaces between them, as GORACE does:
//
//	INTERLOCK="log_path=/var/log/app/locks halt_on_error=1" ./app
//
//	log_path=stderr    where reports are printed: stderr, stdout, or the beginning of
//	                   a file's name, to which .pid is added
//	halt_on_error=0    1: end the process after the first report of a tier in tiers
//	exitcode=66        with which halt_on_error ends it
//	tiers=…            which tiers are printed: names with commas between them, all or
//	                   none; by default those that fail
//	graph=DIR          append orders and reports to a file for each process in DIR, which is made
//	                   if it is not there
//	classes=FILE       the classes of locks by the places where they are acquired, as
//	                   the command lockorder makes it; a class from SetClass goes before
//	pause=FILE         hold goroutines up where a predicted deadlock needs them, by a plan
//	                   of lockorder test -confirm; the first deadlock then ends the
//	                   process. Starts one goroutine; wait= has no effect
//	wait=0             report waits longer than this, such as 10s, whose holder is
//	                   blocked outside our locks or gone; starts one goroutine
//	stacks=0           1: take the whole stack at every acquisition, not only when an
//	                   order is new; slow
//	max_orders=N       how many orders are kept before the oldest are given up
//
// The go command does not know of the variable: after a change it shows a cached result of tests, unless it is given -count=1.
//
// A wrong pair is named on standard error at start, in a line that begins with
// "interlock: INTERLOCK:", and ignored.
//
// # Manners
//
// The package starts no goroutine and no timer unless wait= or pause= asks for one, and
// imports neither net nor os/user nor cgo, so that Go still notices when all
// goroutines are asleep.
package lockorder
