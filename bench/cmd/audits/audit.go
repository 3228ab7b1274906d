package main

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// An audit is all that was seen of one module.
type audit struct {
	subject    subject
	cold, warm [wayCount]time.Duration // of building; cold only if the caches were empty
	touched    [wayCount]time.Duration // of building after a change of one file
	rounds     [][wayCount]outcome
	changed    []string // files
	findings   map[string]*finding
	locks      []int // per round
	orders     []int
}

// A finding is one report of lockorder.
type finding struct {
	tier   string
	text   string
	rounds int // in which it was seen
}

// audit downloads, builds and tests a module, all below the directory work.
func (t tools) audit(ctx context.Context, s subject, what task, work string) (*audit, error) {
	j := job{tools: t, subject: s, dir: filepath.Join(work, "src"), work: work, deps: what.deps, ownCaches: what.cold}
	if err := fetch(ctx, s, j.dir); err != nil {
		return nil, err
	}
	a := &audit{subject: s, findings: map[string]*finding{}}
	before, err := files(j.dir)
	if err != nil {
		return nil, err
	}
	if err := j.builds(ctx, a); err != nil {
		return nil, err
	}
	if what.cold {
		if err := j.touches(ctx, a); err != nil {
			return nil, err
		}
	} else {
		if err := j.rounds(ctx, a, what.count); err != nil {
			return nil, err
		}
	}
	after, err := files(j.dir)
	a.changed = changed(before, after)
	return a, err
}

// builds builds each way, and again, so that no round has to.
func (j job) builds(ctx context.Context, a *audit) error {
	for way := range wayCount {
		for _, took := range []*time.Duration{&a.cold[way], &a.warm[way]} {
			o, err := j.build(ctx, way)
			if err != nil {
				return err
			}
			*took = o.elapsed
		}
		say("  built %s in %.1f s, again in %.1f s", wayNames[way], a.cold[way].Seconds(), a.warm[way].Seconds())
	}
	return nil
}

func (j job) rounds(ctx context.Context, a *audit, count int) error {
	for i := range count {
		round, err := j.round(ctx, i)
		if err != nil {
			return err
		}
		if err := a.learn(round, j.dir); err != nil {
			return err
		}
		say("  round %d of %d: plain %.1f s, lockorder %.1f s, -race %.1f s", i+1, count,
			round[plain].tests.Wall.Seconds(), round[ours].tests.Wall.Seconds(), round[race].tests.Wall.Seconds())
	}
	return nil
}

func say(format string, args ...any) { fmt.Fprintf(os.Stderr, format+"\n", args...) }

// round tests each way once. Each round begins with another, so that none
// always follows the one that heats the machine most.
func (j job) round(ctx context.Context, i int) (round [wayCount]outcome, err error) {
	for k := range wayCount {
		way := (i + k) % wayCount
		if round[way], err = j.test(ctx, way); err != nil {
			return round, err
		}
	}
	return round, nil
}

var (
	totals   = regexp.MustCompile(`(?m)^lockorder: \d+ process(?:es)?, (\d+) locks?, (\d+) orders?: `)
	report   = regexp.MustCompile(`(?m)^interlock: ([a-z-]+): .*\n(?:  .*\n)*`)
	reportID = regexp.MustCompile(`(?m)^  id: (.*)$`)
)

// learn takes the findings of a round. dir is left out of their text.
func (a *audit) learn(round [wayCount]outcome, dir string) error {
	a.rounds = append(a.rounds, round)
	said := strings.ReplaceAll(round[ours].said, dir+string(filepath.Separator), "")
	m := totals.FindStringSubmatch(said)
	if m == nil {
		return fmt.Errorf("lockorder gave no totals:\n%s", said)
	}
	locks, _ := strconv.Atoi(m[1]) // digits, by the expression
	orders, _ := strconv.Atoi(m[2])
	a.locks, a.orders = append(a.locks, locks), append(a.orders, orders)

	seen := map[string]bool{}
	for _, r := range report.FindAllStringSubmatch(said, -1) {
		key := r[0] // what several processes saw has no id
		if id := reportID.FindStringSubmatch(r[0]); id != nil {
			key = id[1]
		}
		if seen[key] {
			continue
		}
		seen[key] = true
		if a.findings[key] == nil {
			a.findings[key] = &finding{tier: r[1], text: r[0]}
		}
		a.findings[key].rounds++
	}
	return nil
}

// failed counts for each test in how many rounds it failed a way.
func (a *audit) failed(way int) map[string]int {
	tests := map[string]int{}
	for _, round := range a.rounds {
		for test := range round[way].failed {
			tests[test]++
		}
	}
	return tests
}

// same says that the module's files and tests are as they were. A test that
// failed with us now and then may be one that fails now and then.
func (a *audit) same() bool {
	before := a.failed(plain)
	for test, n := range a.failed(ours) {
		if before[test] == 0 && 2*n > len(a.rounds) {
			return false
		}
	}
	return len(a.changed) == 0
}

// writeReports writes each finding once.
func (a *audit) writeReports(dir string) error {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	var text strings.Builder
	for _, id := range slices.Sorted(maps.Keys(a.findings)) {
		f := a.findings[id]
		fmt.Fprintf(&text, "%s  seen in %d of %d rounds\n\n", f.text, f.rounds, len(a.rounds))
	}
	return os.WriteFile(filepath.Join(dir, a.subject.name()+".txt"), []byte(text.String()), 0o666)
}
