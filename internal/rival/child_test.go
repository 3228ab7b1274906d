//go:build !interlock_off

package rival_test

// children are what a re-executed test binary does instead of running tests.
var children = map[string]func(){}

const childVariable = "INTERLOCK_RIVAL_TEST_CHILD"
