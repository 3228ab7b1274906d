//go:build !unix

package buffercase

import "time"

// cpu is not known here, which shows as 0.
func cpu() time.Duration { return 0 }
