package conformance_test

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var program string // lockorder

func TestMain(m *testing.M) {
	if what := os.Getenv(asService); what != "" {
		serve(what)
	}
	os.Exit(run(m))
}

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "conformance-")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	program = filepath.Join(dir, "lockorder.exe")
	build := exec.Command("go", "-C", "..", "build", "-o", program, "./cmd/lockorder")
	build.Stderr = os.Stderr
	if err := build.Run(); err != nil {
		panic(err)
	}
	return m.Run()
}

// lockorder runs a command and returns what it prints. It may find something.
func lockorder(t *testing.T, path string, args ...string) []byte {
	t.Helper()
	cmd := exec.Command(program, args...)
	cmd.Env = append(os.Environ(), "PATH="+path)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		require.Equal(t, 1, exit.ExitCode(), stderr.String())
	} else {
		require.NoError(t, err)
	}
	return out
}

// hostile are names that want out of where they stand.
var hostile = []string{
	`<script>document.title='broken'</script>`, `"><img src=x onerror="document.title='broken'">`, "a\nb", `]]>`, `<!--`, `\"`, "a\x00b\x1b[31m", "\xff", "\u202egnal", "%41",
	strings.Repeat("long.", 40),
}

// graph writes a graph file of n classes, whose orders agree but for one, and one
// ring of some.
func graph(t *testing.T, n, orders, ring int, names ...string) string {
	t.Helper()
	random := rand.New(rand.NewSource(int64(n)))
	name := func(i int) string {
		if i < len(names) {
			return names[i]
		}
		return fmt.Sprintf("%s.table%d", []string{"cache", "session", "storage", "user"}[i%4], i)
	}
	var b strings.Builder
	b.WriteString("interlock-graph 2\nprocess a1 host 1 /tmp/app.test example.com/app\n")
	for i := range n {
		fmt.Fprintf(&b, "frame %s %s\n", strconv.Quote("example.com/app."+name(i)), strconv.Quote(fmt.Sprintf("example.com/app/file%d.go:%d", i%9, i+1)))
		fmt.Fprintf(&b, "hold Mutex Lock %s %d\n", strconv.Quote(name(i)), i+1)
	}
	for g := range orders {
		from := random.Intn(n - 1)
		to := min(max(from, ring-1)+1+random.Intn(12), n-1)
		if from >= to || to < ring {
			continue // would be a shorter cycle
		}
		fmt.Fprintf(&b, "order %d %d.%d %d.%d\n", 100+g, from+1, from+1, to+1, to+1)
	}
	for i := range ring {
		next := (i + 1) % ring
		fmt.Fprintf(&b, "process r%d host %d /tmp/ring%d.test example.com/app\n", i, i+2, i)
		for k, lock := range []int{i, next} {
			fmt.Fprintf(&b, "frame %s %s\n", strconv.Quote("example.com/app.Ring"+strconv.Itoa(i)), strconv.Quote(fmt.Sprintf("example.com/app/ring%d.go:%d", i, k+1)))
			fmt.Fprintf(&b, "hold Mutex Lock %s %d\n", strconv.Quote(name(lock)), k+1)
		}
		fmt.Fprintf(&b, "order 7 1.1 2.2\n")
	}
	file := filepath.Join(t.TempDir(), "app.graph")
	require.NoError(t, os.WriteFile(file, []byte(b.String()), 0o666))
	return file
}
