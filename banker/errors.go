package banker

import "errors"

// The errors of requests. A call that returns one has changed nothing.
var (
	// ErrOverClaim means that the job asks for more than its claim leaves: a mistake of the caller, as are the next five.
	ErrOverClaim = errors.New("banker: more than the job's claim leaves")
	// ErrExceedsCapacity means that there are not so many units, free or held.
	ErrExceedsCapacity = errors.New("banker: more than there is in all")
	// ErrNegative means that a number of units is below 0.
	ErrNegative = errors.New("banker: negative number of units")
	// ErrOverRelease means that the job does not hold what it gives back.
	ErrOverRelease = errors.New("banker: more than the job holds")
	// ErrUnknownResource means that the banker was made without the resource.
	ErrUnknownResource = errors.New("banker: no such resource")
	// ErrOverflow means that amounts add up to more than an int64 holds.
	ErrOverflow = errors.New("banker: sum of units exceeds an int64")

	// ErrUnavailable means that fewer units are free than asked for.
	ErrUnavailable = errors.New("banker: not enough free units")
	// ErrUnsafe means that the units are free, but that afterwards some jobs might wait for
	// one another for ever.
	ErrUnsafe = errors.New("banker: granting it would be unsafe")
	// ErrUnfair means that the request would delay a job that has been overtaken as often
	// as the banker allows. One that is also unsafe may be refused for either reason.
	ErrUnfair = errors.New("banker: granting it would delay a job that has waited its time")
	// ErrClosed means that the job was closed, before the call or while it waited.
	ErrClosed = errors.New("banker: job is closed")
)
