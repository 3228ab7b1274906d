package lockorder

import "strings"

// asker is a test that asks for its findings.
type asker struct {
	goroutine uint64
	test      string // name of the test function, "" if the TestingT has none
	last      bool   // nobody asks after the tests
}

// owns reports whether a finding is to be told to this test.
func (a asker) owns(rec *record) bool {
	if a.test == "" || a.takesPart(rec) {
		return true
	}
	named := testsOf(rec)
	if len(named) == 0 {
		return a.last
	}
	for _, test := range named {
		if test == a.test {
			return true
		}
	}
	return false
}

func (a asker) takesPart(rec *record) bool {
	if rec.by.goroutine == a.goroutine || rec.by.parent == a.goroutine {
		return true
	}
	for _, e := range rec.report.Edges {
		if e.Goroutine == a.goroutine {
			return true
		}
	}
	return false
}

// testsOf names the test functions on the stacks of a finding, and the one
// that started the goroutine that made it.
func testsOf(rec *record) []string {
	var named []string
	see := func(fn string) {
		if test := testFunction(fn); test != "" {
			named = append(named, test)
		}
	}
	see(rec.by.creator)
	for _, e := range rec.report.Edges {
		for _, h := range append(e.Held[:len(e.Held):len(e.Held)], e.Want) {
			for _, f := range h.Stack {
				if strings.HasSuffix(f.File, "_test.go") {
					see(f.Func)
				}
			}
		}
	}
	return named
}

// testFunction returns "TestPut" for "example.com/svc/cache_test.TestPut.func1",
// and "" for what is no test function or a closure of one.
func testFunction(fn string) string {
	_, name, _ := strings.Cut(fn[lastSlash(fn)+1:], ".")
	name, _, _ = strings.Cut(name, ".")
	for _, kind := range []string{"Test", "Fuzz", "Benchmark", "Example"} {
		// go test takes TestX and Test_x for tests, and Testify for a function.
		if rest, ok := strings.CutPrefix(name, kind); ok && (rest == "" || rest[0] < 'a' || rest[0] > 'z') {
			return name
		}
	}
	return ""
}
