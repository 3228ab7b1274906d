package lockhttp_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/interlock-go/interlock/banker"
	"github.com/interlock-go/interlock/lockorder"
	"github.com/interlock-go/interlock/lockorder/lockhttp"
)

// fields are the names of a struct's fields in JSON, those of embedded structs among them.
func fields(of reflect.Type) (names []string) {
	for f := range of.Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case f.Anonymous && name == "":
			names = append(names, fields(f.Type)...)
		case name != "-":
			names = append(names, name)
		}
	}
	return names
}

// The names of the fields are promised: who reads them does so by these.
func TestTheFieldsOfEveryViewAreStable(t *testing.T) {
	for _, c := range []struct {
		of   any
		want string
	}{
		{lockhttp.Waits{}, "at rings waits parked parked_at"},
		{lockhttp.Wait{}, "goroutine want holders wakers seq held locked in_ring seconds"},
		{lockorder.ParkedCall{}, "call at goroutines"},
		{lockhttp.Orders{}, "at findings locks orders stats"},
		{lockorder.Finding{}, "report repeats silenced"},
		{lockhttp.Times{}, "at since waits holds"},
		{lockhttp.Hold{}, "goroutine finished hold waiters seconds certain"},
		{lockhttp.Bankers{}, "at bankers"},
		{lockhttp.Banker{}, "name resources total available jobs ids max allocation need safe_sequence waiting reasons"},
		{banker.Waiting{}, "job id request pinned"},
		{lockhttp.Reason{}, "banker job id request free after finish left stuck pinned not_before waits text"},
		{lockhttp.Executors{}, "at executors"},
		{lockhttp.Executor{}, "name slots tasks spans"},
		{lockhttp.Task{}, "id name base effective state waits_for lends"},
		{lockhttp.Span{}, "task name effective state lock from to"},
	} {
		require.Equal(t, c.want, strings.Join(fields(reflect.TypeOf(c.of)), " "), "%T", c.of)
	}
}
