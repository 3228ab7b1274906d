// Package lockexpvar shows the detector's numbers through expvar.
//
//	expvar.Publish("interlock", lockexpvar.Var())
//
// It is a package of its own because expvar imports net/http and, when it is
// imported, serves /debug/vars on the default mux. Nothing is published before
// Publish is called.
package lockexpvar

import (
	"expvar"

	"github.com/interlock-go/interlock/lockorder"
)

// Var returns a variable whose value is [lockorder.ReadMetrics], read each time
// it is asked for, in the JSON of [lockorder.Metrics].
func Var() expvar.Var {
	return expvar.Func(func() any { return lockorder.ReadMetrics() })
}
