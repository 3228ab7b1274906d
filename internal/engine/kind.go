package engine

// Kinds of waits beyond those for locks are given out at start.
const firstKind Waiting = 16

var (
	kindNames [16]string
	kindCount Waiting
)

// NewKind returns a kind of wait for a condition. The name stands for the type in reports:
// "Cond", "Buffer (full)". It is called from the initialization of a primitive's package.
//
//go:norace
func NewKind(typeName string) Waiting {
	kindNames[kindCount] = typeName
	kindCount++
	return firstKind + kindCount - 1
}
