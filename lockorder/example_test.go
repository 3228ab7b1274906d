package lockorder_test

import (
	"fmt"
	"testing"

	"github.com/interlock-go/interlock/lockorder"
	"github.com/interlock-go/interlock/mutex"
)

// The locks of all accounts are one class, and nest from the lower number to the higher.
func ExampleNewClass() {
	accounts := lockorder.NewClass("account", lockorder.NestByRank)
	type account struct {
		mu     mutex.Mutex
		number int64
	}
	open := func(number int64) *account {
		a := &account{number: number}
		mutex.SetClass(&a.mu, accounts.Rank(number))
		return a
	}

	from, to := open(4711), open(815)
	first, second := from, to
	if to.number < from.number {
		first, second = to, from
	}
	first.mu.Lock() // the other way round is a violation, even in one goroutine
	second.mu.Lock()
	fmt.Println(first.number, second.number)
	second.mu.Unlock()
	first.mu.Unlock()
	// Output: 815 4711
}

// In a file of the package's tests, as its TestMain.
func ExampleVerifyTestMain() {
	TestMain := func(m *testing.M) { lockorder.VerifyTestMain(m) }

	_ = TestMain
}

// The test fails for what was found in it, with the report.
func ExampleVerifyNone() {
	TestTransfer := func(t *testing.T) {
		defer lockorder.VerifyNone(t)
		// lock and unlock
	}

	_ = TestTransfer
}

// A cache that is warmed up before anybody else runs takes its locks the other way round.
func ExampleIgnore() {
	lockorder.Ignore(lockorder.OfTier(lockorder.Potential), lockorder.InFunc("cache.warmUp"))
}

// Orders of these two are no part of a cycle. Say why: nothing else does.
func ExampleAllowOrder() {
	shard := lockorder.NewClass("shard")
	stats := lockorder.NewClass("stats")
	lockorder.AllowOrder(shard, stats) // only the shards that stats does not list are locked there
}

// Hazards fail here, too: locks that a finished goroutine has left locked.
func ExampleFailOn() {
	all := lockorder.FailOn(lockorder.Deadlock, lockorder.Potential, lockorder.NeedsWriter, lockorder.Violation, lockorder.Hazard)
	fmt.Println(lockorder.Find(all))
	// Output: <nil>
}

func ExampleOrder() {
	account := lockorder.NewClass("account", lockorder.NestByRank)
	journal := lockorder.NewClass("journal")
	lockorder.Order(account, journal)

	defer func() { fmt.Println(recover()) }()
	lockorder.Order(journal, account)
	// Output: lockorder: Order: journal before account contradicts the declared account before journal
}

func ExamplePhase() {
	end := lockorder.Phase("start-up")
	defer end()
	// Load everything, in whatever order suits: no other goroutine runs yet.
}

func ExampleSetHandler() {
	lockorder.SetHandler(func(r lockorder.Report) {
		if r.Tier == lockorder.Deadlock {
			panic(r.String())
		}
		fmt.Println(r.Summary)
	})
	defer lockorder.SetHandler(nil)
}

func ExampleFind() {
	if err := lockorder.Find(lockorder.FailOn(lockorder.Deadlock, lockorder.Potential)); err != nil {
		fmt.Println(err)
	}
	// Output:
}
