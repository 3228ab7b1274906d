package lockexpvar_test

import (
	"encoding/json"
	"fmt"

	"github.com/interlock-go/interlock/lockorder"
	"github.com/interlock-go/interlock/lockorder/lockexpvar"
)

// In a program: expvar.Publish("interlock", lockexpvar.Var()), and it is in /debug/vars.
func ExampleVar() {
	var m lockorder.Metrics
	if err := json.Unmarshal([]byte(lockexpvar.Var().String()), &m); err != nil {
		fmt.Println(err)
	}
	fmt.Println("deadlocks:", m.Findings[lockorder.Deadlock])
	// Output: deadlocks: 0
}
