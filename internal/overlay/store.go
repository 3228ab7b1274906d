package overlay

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// Store keeps contents under the hash of themselves and of the path that they
// stand for, so that a file that did not change has the same place in each run
// and the go command's build cache recognizes it, and that no two files of the
// user share one: what the compiler says of it can be said of the user's file.
// Runs at the same time may share a store.
type Store struct{ dir string }

// OpenStore opens the store in the user's cache directory.
func OpenStore() (Store, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return Store{}, err
	}
	dir := filepath.Join(cache, "interlock")
	return Store{dir}, os.MkdirAll(dir, 0o777)
}

// keepUnused is how long content that no run asks for stays.
const keepUnused = 30 * 24 * time.Hour

// Put stores the contents that a Go file of the user gets, and returns where.
func (s Store) Put(path string, content []byte) (string, error) {
	sum := sha256.New()
	fmt.Fprintf(sum, "%s\n", path)
	sum.Write(content)
	hash := hex.EncodeToString(sum.Sum(nil))
	dir := filepath.Join(s.dir, "src", hash[:2])
	stored := filepath.Join(dir, hash+".go")
	if s.has(stored, int64(len(content))) {
		return stored, nil
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return "", err
	}
	return stored, replaceFile(stored, content)
}

// has marks what it finds as used. The size is compared because a machine that
// lost power may have kept the name and not the bytes.
func (s Store) has(path string, size int64) bool {
	info, err := os.Stat(path)
	if err != nil || info.Size() != size {
		return false
	}
	if now := time.Now(); now.Sub(info.ModTime()) > 24*time.Hour {
		_ = os.Chtimes(path, now, now) // at worst it is made again some day
	}
	return true
}

// replaceFile writes beside path and renames, so that another run never reads
// half a file.
func replaceFile(path string, content []byte) error {
	file, err := os.CreateTemp(filepath.Dir(path), ".new-*")
	if err != nil {
		return err
	}
	_, err = file.Write(content)
	if closed := file.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Rename(file.Name(), path)
	}
	if err != nil {
		_ = os.Remove(file.Name())
	}
	return err
}

// Trim removes what no run has asked for in 30 days. It looks at most once a
// day, and what it cannot remove it leaves.
func (s Store) Trim() {
	stamp := filepath.Join(s.dir, "trim.stamp")
	if info, err := os.Stat(stamp); err == nil && time.Since(info.ModTime()) < 24*time.Hour {
		return
	}
	if os.WriteFile(stamp, nil, 0o666) != nil {
		return
	}
	now := time.Now()
	_ = os.Chtimes(stamp, now, now)
	_ = filepath.WalkDir(filepath.Join(s.dir, "src"), func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return nil
		}
		if info, err := entry.Info(); err == nil && now.Sub(info.ModTime()) > keepUnused {
			_ = os.Remove(path)
		}
		return nil
	})
}
