package main

import (
	_ "embed"
	"fmt"
	"go/doc/comment"
	"io"
	"os"
	"runtime/debug"
	"strings"

	"github.com/interlock-go/interlock/cmd/lockorder/internal/verdict"
)

//go:embed doc.go
var manual string

// Exit statuses. That of a go test that failed is handed on.
const (
	exitOK    = 0
	exitFail  = 1
	exitUsage = 2
)

func main() {
	os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
}

func run(args []string, stdout, stderr io.Writer) int {
	command := ""
	if len(args) > 0 {
		command, args = args[0], args[1:]
	}
	switch command {
	case "test", "build", "run":
		return audit(command, args, stdout, stderr)
	case "merge":
		return mergeFiles(args, stdout, stderr)
	case "check":
		return check(args, stdout, stderr)
	case "explain":
		return explain(args, stdout, stderr)
	case toolexecCommand:
		return toolexec(args, stdout, stderr)
	case keepCommand:
		return keep(args, stdout, stderr)
	case "help", "-h", "-help", "--help":
		if len(args) > 0 && args[0] == "json" {
			fmt.Fprint(stdout, verdict.Schema)
		} else {
			fmt.Fprint(stdout, help())
		}
		return exitOK
	case "version", "-version", "--version":
		fmt.Fprintln(stdout, "lockorder", version())
		return exitOK
	case "":
		fmt.Fprint(stderr, help())
	default:
		fmt.Fprintf(stderr, "lockorder: unknown command %q; \"lockorder help\" lists them\n", command)
	}
	return exitUsage
}

// help is the package comment as text, as go doc shows it.
func help() string {
	var text strings.Builder
	for line := range strings.Lines(manual) {
		if !strings.HasPrefix(line, "//") {
			break
		}
		text.WriteString(strings.TrimPrefix(strings.TrimPrefix(line, "//"), " "))
	}
	var parser comment.Parser
	var printer comment.Printer
	return string(printer.Text(parser.Parse(text.String())))
}

// version is that of the module, "(devel)" for a checkout.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "(unknown)"
	}
	return moduleVersion(info) + " " + info.GoVersion
}
