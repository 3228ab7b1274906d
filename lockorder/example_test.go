package lockorder_test

import (
	"fmt"

	"github.com/interlock-go/interlock/lockorder"
)

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
