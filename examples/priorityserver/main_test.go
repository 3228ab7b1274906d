package main

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/interlock-go/interlock/pi"
)

func TestEveryRequestIsServed(t *testing.T) {
	for _, protocol := range []pi.Protocol{pi.Inherit, pi.None} {
		took, err := serve(protocol, 3)
		require.NoError(t, err)
		require.Len(t, took, 3)
	}
}
