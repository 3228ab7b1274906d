package main

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// Every mutant is one of the source as it is, and says in its own words what is wrong.
func TestEveryMutantApplies(t *testing.T) {
	for _, s := range suites {
		said := map[string]bool{}
		all := s.mutants
		for _, e := range s.equivalents {
			require.NotEmpty(t, e.since, e.says)
			all = append(all, e.mutant)
		}
		for _, m := range all {
			text, err := m.apply("../../" + root)
			require.NoError(t, err)
			require.NotEmpty(t, text)
			require.NotEqual(t, m.old, m.mutated)
			require.False(t, said[m.says], m.says)
			said[m.says] = true
		}
	}
}
