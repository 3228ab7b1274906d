package main

import (
	"context"
	"errors"
	"io"
	"os"
	"sync"

	"github.com/interlock-go/interlock/bbuf"
	"github.com/interlock-go/interlock/pi"
)

const (
	ahead     = 32 // rows that are read before they are needed
	batchRows = 8  // that are worked on at a time
)

// eachRow calls f with batches of the first n rows of the data set. A loader reads ahead of it, so that the disk
// works while the model does. Whatever ends it, the loader has ended when it returns.
func eachRow(ctx context.Context, t *pi.Task, file string, n int, f func([][]float32) error) (err error) {
	ctx, cancel := context.WithCancel(ctx)
	b := bbuf.New[[]float32](ahead)
	var loader sync.WaitGroup
	var loading error
	loader.Go(func() {
		defer b.Close()
		loading = readAhead(ctx, file, n, b)
	})
	defer func() {
		cancel()
		t.Block(loader.Wait)
		if err == nil {
			err = loading
		}
	}()
	rows := make([][]float32, batchRows)
	for {
		var got int
		t.Block(func() { got, err = b.GetN(ctx, rows) })
		switch {
		case errors.Is(err, bbuf.ErrClosed):
			return nil
		case err != nil:
			return err
		}
		if err := f(rows[:got]); err != nil {
			return err
		}
	}
}

// readAhead puts rows into the buffer until it has put n or ctx ends.
func readAhead(ctx context.Context, file string, n int, b *bbuf.Buffer[[]float32]) error {
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	row := make([]byte, 4*width)
	for range n {
		if _, err := io.ReadFull(f, row); err != nil {
			return err
		}
		if err := b.Put(ctx, floats(row)); err != nil {
			return err
		}
	}
	return nil
}
