package lockslog_test

import (
	"log/slog"
	"os"

	"github.com/interlock-go/interlock/lockorder"
	"github.com/interlock-go/interlock/lockorder/lockslog"
)

func ExampleHandler() {
	handler := lockslog.Handler(slog.New(slog.NewTextHandler(os.Stdout, &slog.HandlerOptions{
		ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
			if a.Key == slog.TimeKey || a.Key == "report" { // for a short line here: the report is many
				return slog.Attr{}
			}
			return a
		},
	})))
	lockorder.SetHandler(handler) // from now on findings are records
	defer lockorder.SetHandler(nil)

	handler(lockorder.Report{Tier: lockorder.Deadlock, Kind: lockorder.KindRing, ID: "0a1b", Summary: "goroutines 1 and 2 wait for each other"})
	// Output:
	// level=ERROR msg="deadlock: goroutines 1 and 2 wait for each other" tier=deadlock kind=ring id=0a1b goroutines=[]
}
