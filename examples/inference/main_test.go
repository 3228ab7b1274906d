package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestLoadIsServedWithoutAFinding(t *testing.T) {
	var out strings.Builder
	c := config{addr: "127.0.0.1:0", load: 500 * time.Millisecond, progress: 100 * time.Millisecond}
	found, err := c.run(t.Context(), &out)
	require.NoError(t, err, "the bill is as the answers were: %s", out.String())
	require.Zero(t, found, out.String())
	require.Contains(t, out.String(), "every row is on the bill")
	require.Regexp(t, `: [1-9]\d* interactive requests`, out.String())
}

func TestWithoutProgressThereIsOneLineAtTheEnd(t *testing.T) {
	var out strings.Builder
	_, err := config{addr: "127.0.0.1:0", load: time.Millisecond}.run(t.Context(), &out)
	require.NoError(t, err)
	require.Equal(t, 1, strings.Count(out.String(), "interactive requests"))
}

// Without load it serves until its context ends, and then lets go of everything.
func TestServesUntilItIsInterrupted(t *testing.T) {
	ctx, interrupt := context.WithCancel(t.Context())
	addr := make(chan string, 1)
	done := make(chan error, 1)
	go func() {
		_, err := config{addr: "127.0.0.1:0"}.run(ctx, firstLine(addr))
		done <- err
	}()
	_, base, _ := strings.Cut(<-addr, " on ")
	base, _, _ = strings.Cut(base, ",")
	answer, err := http.Post(base+"/batch/model-1?rows=3", "", nil)
	require.NoError(t, err)
	var sum []float32
	require.NoError(t, json.NewDecoder(answer.Body).Decode(&sum))
	require.NoError(t, answer.Body.Close())
	require.Len(t, sum, width)
	answer, err = http.Get(base + "/debug/lockorder/bankers.json")
	require.NoError(t, err)
	page, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	require.NoError(t, answer.Body.Close())
	require.Contains(t, string(page), `"gpus"`)
	interrupt()
	require.NoError(t, <-done)
	http.DefaultClient.CloseIdleConnections()
}

// firstLine sends what is written first.
type firstLine chan string

func (l firstLine) Write(b []byte) (int, error) {
	select {
	case l <- string(b):
	default:
	}
	return len(b), nil
}

func newTestServer(t *testing.T) *server {
	t.Helper()
	dir := t.TempDir()
	require.NoError(t, writeFiles(dir))
	return newServer(dir)
}

func TestWrongRequestsAreAnsweredAsSuch(t *testing.T) {
	s := newTestServer(t)
	good := "[" + strings.Repeat("1,", width-1) + "1]"
	for _, c := range []struct {
		path, body string
		status     int
	}{
		{"/predict/model-0", good, http.StatusOK},
		{"/predict/model-0", "[1,2]", http.StatusBadRequest},
		{"/predict/model-0", "", http.StatusBadRequest},
		{"/predict/nobody", good, http.StatusNotFound},
		{"/predict/..%2f..%2fpasswd", good, http.StatusNotFound},
		{"/batch/model-0?rows=5", "", http.StatusOK},
		{"/batch/model-0?rows=0", "", http.StatusBadRequest},
		{fmt.Sprintf("/batch/model-0?rows=%d", allRows+1), "", http.StatusBadRequest},
	} {
		w := httptest.NewRecorder()
		s.handler().ServeHTTP(w, httptest.NewRequest("POST", c.path, strings.NewReader(c.body)))
		require.Equal(t, c.status, w.Code, "%s: %s", c.path, w.Body)
		require.NotContains(t, w.Body.String(), "%!", "a message with all its values")
	}
	bill, err := s.bill()
	require.NoError(t, err)
	require.Equal(t, map[string]int{"model-0": 6}, bill)
	require.NoError(t, s.tasks.Shutdown(t.Context()))
}

// A client that goes away takes its job along, and the loader that reads ahead for it.
func TestJobEndsWithItsClient(t *testing.T) {
	s := newTestServer(t)
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(5*time.Millisecond, cancel)
	for ctx.Err() == nil {
		w := httptest.NewRecorder()
		s.handler().ServeHTTP(w, httptest.NewRequest("POST", "/batch/model-0?rows=512", nil).WithContext(ctx))
	}
	require.Equal(t, []int64{gpus, memory}, s.gpus.Snapshot().Available)
	require.Empty(t, s.gpus.Snapshot().Jobs)
	require.NoError(t, s.tasks.Shutdown(t.Context()))
}

func TestCacheKeepsWhatWasUsedLast(t *testing.T) {
	s := newTestServer(t)
	c := newCache(s.dir, 2)
	for _, i := range []int{0, 1, 0, 2, 0, 1} { // 2 takes the place of 1, and 1 that of 2
		_, err := c.get(modelName(i))
		require.NoError(t, err)
	}
	hits, misses := c.counts()
	require.Equal(t, []int{2, 4}, []int{hits, misses})
	_, err := c.get("nobody")
	require.Error(t, err)
	require.NotContains(t, c.at, "nobody")
}

// Many who ask for a model at once have it read once.
func TestModelIsReadOnce(t *testing.T) {
	s := newTestServer(t)
	synctest.Test(t, func(t *testing.T) {
		got := make(chan *model, 20)
		for range cap(got) {
			go func() {
				m, _ := s.cache.get(modelName(3))
				got <- m
			}()
		}
		synctest.Wait()
		first := <-got
		require.NotNil(t, first)
		for range cap(got) - 1 {
			require.Same(t, first, <-got)
		}
	})
}

func TestWrongCallsAreRefused(t *testing.T) {
	for _, c := range []struct {
		config config
		rest   []string
		says   string
	}{
		{config{plant: "weed"}, nil, `no plant "weed", but these: banker, buffer`},
		{config{}, []string{"ring"}, `"ring" is none`},
		{config{load: -1}, nil, "not negative"},
		{config{progress: -1}, nil, "not negative"},
	} {
		require.ErrorContains(t, c.config.check(c.rest), c.says)
	}
	require.NoError(t, config{plant: "ring", load: 1}.check(nil))
}

func TestAPortInUseIsSaid(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer taken.Close()
	_, err = config{addr: taken.Addr().String()}.run(t.Context(), new(strings.Builder))
	require.ErrorContains(t, err, taken.Addr().String())
	require.ErrorContains(t, err, "-addr 127.0.0.1:0 takes a free port")
}

// Who sends too much, or too slowly, is told so and keeps nobody.
func TestABodyHasALimit(t *testing.T) {
	s := newTestServer(t)
	web := s.web()
	web.ReadTimeout = 200 * time.Millisecond
	server := httptest.NewUnstartedServer(nil)
	server.Config = web
	server.Start()
	defer server.Close()
	defer http.DefaultClient.CloseIdleConnections()
	slow, end := io.Pipe()
	defer end.Close()
	for _, c := range []struct {
		body   io.Reader
		status int
		says   string
	}{
		{strings.NewReader("[" + strings.Repeat("1,", mostBody)), http.StatusRequestEntityTooLarge, "too large"},
		{slow, http.StatusRequestTimeout, "timeout"},
	} {
		answer, err := http.Post(server.URL+"/predict/model-0", "application/json", c.body)
		require.NoError(t, err)
		text, err := io.ReadAll(answer.Body)
		require.NoError(t, err)
		require.NoError(t, answer.Body.Close())
		require.Equal(t, c.status, answer.StatusCode, string(text))
		require.Contains(t, string(text), c.says)
	}
	require.NoError(t, s.tasks.Shutdown(t.Context()))
}
