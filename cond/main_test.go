package cond_test

import (
	"testing"
	"time"

	"go.uber.org/goleak"
)

// patience bounds every wait of these tests. Nothing waits that long unless it is broken.
const patience = 10 * time.Second

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }
