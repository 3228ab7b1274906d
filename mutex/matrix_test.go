//go:build !interlock_off

package mutex_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/interlock-go/interlock/internal/oracle"
	"github.com/interlock-go/interlock/lockorder"
)

// A shape says which locks each goroutine takes in which sections: words are sections, lines are
// goroutines, capitals are taken by Lock or RLock, small letters by TryLock or TryRLock. Every
// lock is tried as a Mutex, and as an RWMutex with every choice of sides.
var shapes = []struct{ name, text string }{
	{"self", "AA"},
	{"self, inner tried", "Aa"},
	{"self, outer tried", "aA"},
	{"self, both tried", "aa"},
	{"self, one after the other", "A A"},
	{"AB BA", "AB|BA"},
	{"AB AB", "AB|AB"},
	{"AB BA, one inner tried", "AB|Ba"},
	{"AB BA, both inner tried", "Ab|Ba"},
	{"AB BA, one outer tried", "aB|BA"},
	{"AB BA, both outer tried", "aB|bA"},
	{"AB BA, one goroutine", "AB BA"},
	{"not nested", "A B|B A"},
	{"gate", "SAB|SBA"},
	{"gate between", "ASB|BSA"},
	{"gate tried", "sAB|sBA"},
	{"gate on one side", "SAB|BA"},
	{"nested, then back", "ABC|CA"},
	{"nested, then forth", "ABC|AC"},
	{"nested, then back from the middle", "ABC|BA"},
	{"nested, middle tried", "AbC|CA"},
	{"3-ring", "AB|BC|CA"},
	{"no 3-ring", "AB|BC|AC"},
	{"3-ring, one inner tried", "AB|BC|Ca"},
	{"3-ring in two goroutines", "AB BC|CA"},
}

// use is one acquisition in a shape.
type use struct {
	section *oracle.Section
	at      int
}

// parse returns the shape's sections, and where each lock is used.
func parse(text string) (s sections, uses [][]use) {
	number := map[rune]uint8{}
	for g := range strings.SplitSeq(text, "|") {
		var secs []oracle.Section
		for word := range strings.FieldsSeq(g) {
			var sec oracle.Section
			for _, c := range word {
				upper := []rune(strings.ToUpper(string(c)))[0]
				n, known := number[upper]
				if !known {
					n = uint8(len(number))
					number[upper] = n
				}
				kind := oracle.Lock
				if c != upper {
					kind = oracle.TryLock
				}
				sec = append(sec, oracle.Acquire{Kind: kind, Lock: n})
			}
			secs = append(secs, sec)
		}
		s = append(s, secs)
	}
	uses = make([][]use, len(number))
	for i := range s {
		for j := range s[i] {
			for k, a := range s[i][j] {
				uses[a.Lock] = append(uses[a.Lock], use{&s[i][j], k})
			}
		}
	}
	return s, uses
}

// eachChoice calls f for every way to take the locks from number l on. A choice is named by a
// letter for each use of each lock: M of a Mutex, W and R of an RWMutex.
func eachChoice(uses [][]use, l int, name string, locks []func() lock, f func(string, []func() lock)) {
	if l == len(uses) {
		f(strings.TrimPrefix(name, " "), locks)
		return
	}
	eachChoice(uses, l+1, name+" "+strings.Repeat("M", len(uses[l])), append(locks, newMutex), f)
	for sides := range 1 << len(uses[l]) {
		var letters strings.Builder
		for i, u := range uses[l] {
			letters.WriteByte("WR"[sides>>i&1])
			(*u.section)[u.at].Kind += reading * oracle.Kind(sides>>i&1)
		}
		eachChoice(uses, l+1, name+" "+letters.String(), append(locks, newRWMutex), f)
		for i, u := range uses[l] {
			(*u.section)[u.at].Kind -= reading * oracle.Kind(sides>>i&1)
		}
	}
}

// reading makes RLock of Lock and TryRLock of TryLock.
const reading = oracle.RLock - oracle.Lock

func TestMatrix(t *testing.T) {
	require.Equal(t, oracle.TryRLock, oracle.TryLock+reading)
	var x oracle.Explorer
	cases, tiers := 0, map[string]int{}
	for _, shape := range shapes {
		s, uses := parse(shape.text)
		eachChoice(uses, 0, "", nil, func(choice string, kinds []func() lock) {
			want := s.tier(&x, uint8(len(uses)))
			cases++
			tiers[tierNames[want]]++
			t.Run(fmt.Sprintf("%s/%s", shape.name, choice), func(t *testing.T) {
				locks := make([]lock, len(kinds))
				for i, made := range kinds {
					locks[i] = made()
				}
				require.Equal(t, tierNames[want], tierNames[judge(t, s.program(), locks)], "%v", s.program())
			})
		})
	}
	t.Logf("%d cases: %v", cases, tiers)
	require.GreaterOrEqual(t, cases, 400)
	for _, name := range tierNames {
		require.GreaterOrEqual(t, tiers[name], 4, name)
	}
}

// The matrix is only as good as its statement of the tiers, so a few are said by hand.
func TestMatrixTiers(t *testing.T) {
	var x oracle.Explorer
	for text, want := range map[string]lockorder.Tier{
		"AA": lockorder.Deadlock, "A A": nothing, "AB|BA": lockorder.Potential, "AB|AB": nothing,
		"SAB|SBA": lockorder.Guarded, "AB BA": lockorder.Ordered, "Ab|Ba": nothing, "aB|bA": lockorder.Potential,
	} {
		s, uses := parse(text)
		require.Equal(t, want, s.tier(&x, uint8(len(uses))), text)
	}
}
