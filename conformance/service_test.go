package conformance_test

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/interlock-go/interlock/banker"
	"github.com/interlock-go/interlock/bbuf"
	detector "github.com/interlock-go/interlock/lockorder"
	"github.com/interlock-go/interlock/lockorder/lockhttp"
	"github.com/interlock-go/interlock/mutex"
	"github.com/interlock-go/interlock/pi"
	"github.com/interlock-go/interlock/pi/timeline"
)

// asService tells the test binary to be a service with a live page. Its value says what
// is wrong with it.
const asService = "CONFORMANCE_SERVICE"

// serve is a service under load. With "ring" it also has a deadlock through two locks and a
// buffer, with "hostile" names as well that want out of where they stand, with "unregistered" loaders that
// nobody is known to wake, with "comes and goes" a wait that does, with "many" more of everything than a page can show. It prints its address and never returns.
func serve(what string) {
	detector.SetHandler(func(detector.Report) {})
	pool, err := banker.New(banker.Capacity{"gpu": 8, "mem": 640}, banker.WithName("accelerators"))
	must(err)
	line := &timeline.Timeline{Keep: 2000}
	scheduler := pi.NewExecutor(pi.WithSlots(1), pi.WithObserver(line))
	switch what {
	case "ring", "hostile":
		orders(what == "hostile")
		deadlock(what == "hostile")
		go trainings(pool, what == "hostile")
		go inversion(scheduler)
	case "unregistered":
		unregistered()
	case "comes and goes":
		comesAndGoes()
	case "many":
		many()
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(err)
	mux := http.NewServeMux()
	mux.Handle("/debug/lockorder/", lockhttp.Handler(lockhttp.WithBanker(pool), lockhttp.WithExecutor("requests", scheduler, line)))
	fmt.Printf("http://%s/debug/lockorder/\n", listener.Addr())
	must(http.Serve(listener, mux))
}

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func class(name string, locks ...*mutex.Mutex) {
	c := detector.NewClass(name)
	for _, l := range locks {
		mutex.SetClass(l, c)
	}
}

// nest locks in turn, over and over.
func nest(locks ...*mutex.Mutex) {
	go func() {
		for {
			for _, l := range locks {
				l.Lock()
			}
			time.Sleep(3 * time.Millisecond)
			for _, l := range locks {
				l.Unlock()
			}
			time.Sleep(5 * time.Millisecond)
		}
	}()
}

// endless is a name of more than 10 kB.
var endless = "<b>" + strings.Repeat("endless ", 1300)

// unregistered are loaders that wait for room in a buffer. Who should make it waits for a lock that
// another goroutine keeps while it waits for something else; but nobody has said that it is who should.
func unregistered() {
	var index mutex.Mutex
	class("index", &index)
	batches := bbuf.New[int](1)
	for range 3 {
		go func() {
			for {
				_ = batches.Put(context.Background(), 1)
			}
		}()
	}
	go func() {
		index.Lock()
		time.Sleep(24 * time.Hour)
		index.Unlock()
	}()
	go func() {
		time.Sleep(50 * time.Millisecond)
		index.Lock()
		_, _ = batches.Get(context.Background())
	}()
}

// comesAndGoes is a lock that is waited for two seconds of four.
func comesAndGoes() {
	var busy mutex.Mutex
	class("busy", &busy)
	go func() {
		for {
			busy.Lock()
			waits := make(chan bool)
			go func() {
				busy.Lock()
				close(waits)
				busy.Unlock()
			}()
			time.Sleep(2 * time.Second)
			busy.Unlock()
			<-waits
			time.Sleep(2 * time.Second)
		}
	}()
}

// most is more than fits on a page.
const most = 5000

// many are so many locks and orders, and goroutines that wait.
func many() {
	locks := make([]mutex.Mutex, most)
	for i := range locks[1:] {
		locks[i].Lock()
		locks[i+1].Lock()
		//lint:ignore SA2001 what counts is the order
		locks[i+1].Unlock()
		locks[i].Unlock()
	}
	locks[0].Lock()
	for range most {
		go locks[0].Lock()
	}
}

// orders is the load: nestings of which two, seen one after the other, could deadlock.
func orders(strange bool) {
	var accounts, journal, audit, sessions, quota mutex.Mutex
	class("account", &accounts)
	class("journal", &journal)
	class("audit", &audit)
	class("session", &sessions)
	if strange {
		for _, name := range append(hostile, endless) {
			var a, b mutex.Mutex
			class(name, &a)
			class("after "+name, &b)
			both(&a, &b)
		}
	}
	both(&accounts, &journal)
	nest(&sessions, &audit)
	nest(&sessions, &quota, &audit)
	nest(&journal, &audit)
}

// both locks two in either order, never at once.
func both(a, b *mutex.Mutex) {
	for _, pair := range [][2]*mutex.Mutex{{a, b}, {b, a}} {
		done := make(chan bool)
		go func() {
			pair[0].Lock()
			pair[1].Lock()
			//lint:ignore SA2001 what counts is the order
			pair[1].Unlock()
			pair[0].Unlock()
			close(done)
		}()
		<-done
	}
}

// deadlock closes a ring: who loads holds the cache and waits for room in the buffer, the only
// consumer waits for the index, and who has the index waits for the cache.
func deadlock(strange bool) {
	var cache, index mutex.Mutex
	name := "model cache"
	if strange {
		name = endless
	}
	class(name, &cache)
	class("index", &index)
	batches := bbuf.New[int](1)
	ctx := context.Background()
	must(batches.Put(ctx, 0))
	var ready sync.WaitGroup
	ready.Add(3)
	go func() {
		ready.Done()
		cache.Lock()
		ready.Wait()
		_ = batches.Put(ctx, 1)
	}()
	go func() {
		defer batches.Consumer()()
		ready.Done()
		ready.Wait()
		time.Sleep(50 * time.Millisecond)
		index.Lock()
		_, _ = batches.Get(ctx)
	}()
	go func() {
		index.Lock()
		ready.Done()
		ready.Wait()
		time.Sleep(50 * time.Millisecond)
		cache.Lock()
	}()
	for range 3 { // requests that wait behind it
		go func() {
			ready.Wait()
			time.Sleep(100 * time.Millisecond)
			cache.Lock()
		}()
	}
}

// trainings are jobs of which one would be unsafe and one has no room.
func trainings(pool *banker.Banker, strange bool) {
	ctx := context.Background()
	job := func(name string, gpus, mem int64) *banker.Job {
		if strange {
			name = "\u202e\x00\n  free now: " + endless
		}
		j, err := pool.Register(name, banker.Of("gpu", gpus), banker.Of("mem", mem))
		must(err)
		return j
	}
	a, b, c := job("train-llm", 6, 480), job("finetune", 6, 320), job("evaluate", 4, 80)
	must(a.Acquire(ctx, banker.Of("gpu", 2), banker.Of("mem", 240)))
	must(b.Acquire(ctx, banker.Of("gpu", 3), banker.Of("mem", 160)))
	go func() { _ = c.Acquire(ctx, banker.Of("gpu", 4)) }()
	_ = a.Acquire(ctx, banker.Of("gpu", 2))
}

// inversion is L, M and H over and over: H asks for what L holds, and L is lent its priority.
func inversion(e *pi.Executor) {
	var m pi.Mutex
	m.SetName("results")
	work := func(name string, steps int, locked bool) func(context.Context, *pi.Task) {
		return func(_ context.Context, t *pi.Task) {
			t.SetName(name)
			if locked {
				m.Lock(t)
				defer m.Unlock(t)
			}
			for range steps {
				time.Sleep(20 * time.Millisecond)
				t.Checkpoint()
			}
		}
	}
	ctx := context.Background()
	for round := 1; ; round++ {
		name := func(what string) string { return what + " " + strconv.Itoa(round) }
		low := e.Go(ctx, 1, work(name("batch"), 20, true))
		time.Sleep(30 * time.Millisecond)
		middle := e.Go(ctx, 5, work(name("report"), 20, false))
		time.Sleep(100 * time.Millisecond)
		high := e.Go(ctx, 9, work(name("request"), 10, true))
		for _, t := range []*pi.Task{low, middle, high} {
			<-t.Done()
		}
	}
}
