package etcdbank

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	clientv3 "go.etcd.io/etcd/client/v3"

	"github.com/interlock-go/interlock/banker"
	"github.com/interlock-go/interlock/internal/safestate"
)

type kind string

const (
	register kind = "register"
	acquire  kind = "acquire"
	try      kind = "try"
	release  kind = "release"
	cancel   kind = "cancel" // the acquire before it, whose amounts it repeats
	finish   kind = "close"
)

// ask is what a job asks for.
type ask struct {
	Seq     int64              `json:"s"`
	Kind    kind               `json:"k"`
	Amounts []safestate.Amount `json:"a,omitempty"`
}

// record is what the leader has committed of a job.
type record struct {
	Seq     int64              `json:"s"` // of the last ask that was answered
	Outcome safestate.Outcome  `json:"o"`
	Claim   []safestate.Amount `json:"c,omitempty"`
	Held    []safestate.Amount `json:"h,omitempty"`
}

func encode(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		panic("etcdbank: " + err.Error()) // numbers and strings always can
	}
	return string(text)
}

// path names a job: the lease of its owner and a number.
type path struct {
	lease clientv3.LeaseID
	n     int64
}

func (p path) String() string { return fmt.Sprintf("%x/%d", int64(p.lease), p.n) }

// parse reads the part of a key behind "job/" or "ask/".
func parse(s string) (p path, ok bool) {
	lease, number, _ := strings.Cut(s, "/")
	id, err := strconv.ParseInt(lease, 16, 64)
	n, err2 := strconv.ParseInt(number, 10, 64)
	return path{clientv3.LeaseID(id), n}, err == nil && err2 == nil
}

// failure returns package banker's error for an outcome.
func failure(o safestate.Outcome) error {
	switch o {
	case safestate.Granted:
		return nil
	case safestate.Unavailable:
		return banker.ErrUnavailable
	case safestate.Unsafe:
		return banker.ErrUnsafe
	case safestate.Unfair:
		return banker.ErrUnfair
	case safestate.OverClaim:
		return banker.ErrOverClaim
	case safestate.OverCapacity:
		return banker.ErrExceedsCapacity
	case safestate.OverRelease:
		return banker.ErrOverRelease
	}
	return banker.ErrOverflow
}
