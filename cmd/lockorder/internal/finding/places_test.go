package finding_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/interlock-go/interlock/cmd/lockorder/internal/finding"
)

// inModule makes a module in a folder of dir and goes there.
func inModule(t *testing.T, dir string, folder ...string) {
	t.Helper()
	module := filepath.Join(append([]string{dir}, folder...)...)
	require.NoError(t, os.MkdirAll(module, 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(module, "go.mod"), []byte("module example.com/m\n"), 0o644))
	t.Chdir(module)
}

// A machine that reads a report knows files by their paths in the repository, in whatever folder of it the command runs.
func TestFilesAreReportedFromTheRepositorysRoot(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(dir, ".git"), 0o755))
	inModule(t, dir, "services", "pay")
	p := finding.FindPlaces("")
	require.Equal(t, "services/pay/db/pool.go", p.ToReport("example.com/m/db/pool.go"))
	require.Equal(t, "services/pay/locks/baseline.txt", p.Given(filepath.Join("locks", "baseline.txt")))
	require.Equal(t, "services/baseline.txt", p.Given(filepath.Join(dir, "services", "baseline.txt")))
	require.Equal(t, "../../../baseline.txt", p.Given(filepath.Join("..", "..", "..", "baseline.txt")), "it is in no place of the repository")
	require.Equal(t, filepath.Join(".", "db", "pool.go"), filepath.Clean(p.ToRead("example.com/m/db/pool.go")))
}

func TestWithoutARepositoryFilesAreReportedFromTheCurrentFolder(t *testing.T) {
	dir := t.TempDir()
	inModule(t, dir, "pay")
	require.Equal(t, "pool.go", finding.FindPlaces("").ToReport("example.com/m/pool.go"))
}
