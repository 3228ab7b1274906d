package etcdbank_test

import (
	"encoding/json"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	clientv3 "go.etcd.io/etcd/client/v3"
	"go.etcd.io/etcd/server/v3/embed"

	"github.com/interlock-go/interlock/banker"
	"github.com/interlock-go/interlock/banker/etcdbank"
)

// patience bounds every wait of these tests. Nothing waits that long unless it is broken.
const patience = 60 * time.Second

// start runs an etcd on loopback with short leases, and returns clients of it.
func start(t testing.TB) (dial func() *clientv3.Client) {
	c := embed.NewConfig()
	c.Dir = t.TempDir()
	c.LogLevel = "panic"
	c.TickMs, c.ElectionMs = 10, 100
	c.UnsafeNoFsync = true
	loopback := []url.URL{{Scheme: "http", Host: "127.0.0.1:0"}}
	c.ListenPeerUrls, c.ListenClientUrls = loopback, loopback
	e, err := embed.StartEtcd(c)
	require.NoError(t, err)
	t.Cleanup(e.Close)
	select {
	case <-e.Server.ReadyNotify():
	case <-time.After(patience):
		t.Fatal("etcd does not start")
	}
	endpoint := e.Clients[0].Addr().String()
	return func() *clientv3.Client {
		client, err := clientv3.New(clientv3.Config{Endpoints: []string{endpoint}, DialTimeout: patience})
		require.NoError(t, err)
		t.Cleanup(func() { _ = client.Close() })
		return client
	}
}

const prefix = "test"

func open(t testing.TB, client *clientv3.Client, capacity banker.Capacity) *etcdbank.Replica {
	r, err := etcdbank.Open(t.Context(), client, prefix, capacity, time.Second)
	require.NoError(t, err)
	return r
}

// conserved replays all that was ever written and checks, after each revision, that the
// jobs together hold no more than there is. It returns the number of revisions.
func conserved(t *testing.T, client *clientv3.Client, total []int64) (revisions int) {
	const end = prefix + "/job/end"
	_, err := client.Put(t.Context(), end, "{}")
	require.NoError(t, err)
	held := map[string][]int64{}
	free := append([]int64(nil), total...)
	last := int64(0)
	for w := range client.Watch(t.Context(), prefix+"/job/", clientv3.WithPrefix(), clientv3.WithRev(1)) {
		require.NoError(t, w.Err())
		for _, e := range w.Events {
			if e.Kv.ModRevision != last { // all of the revision before is counted
				for r, f := range free {
					require.GreaterOrEqual(t, f, int64(0), "resource %d at revision %d", r, last)
				}
				last = e.Kv.ModRevision
				revisions++
			}
			key := string(e.Kv.Key)
			if key == end {
				return revisions
			}
			h := holds(t, e, len(total))
			for r := range free {
				if held[key] != nil {
					free[r] += held[key][r]
				}
				free[r] -= h[r]
			}
			held[key] = h
		}
	}
	t.Fatal("the watch ended")
	return 0
}

// holds returns what a job's key says that it holds.
func holds(t *testing.T, e *clientv3.Event, resources int) []int64 {
	h := make([]int64, resources)
	if e.Type == clientv3.EventTypeDelete {
		return h
	}
	var rec struct {
		H []struct{ Resource, Units int64 } `json:"h"`
	}
	require.NoError(t, json.Unmarshal(e.Kv.Value, &rec))
	for _, a := range rec.H {
		h[a.Resource] += a.Units
	}
	return h
}
