package etcdbank_test

import (
	"context"
	"log"
	"time"

	clientv3 "go.etcd.io/etcd/client/v3"

	"github.com/interlock-go/interlock/banker"
	"github.com/interlock-go/interlock/banker/etcdbank"
)

// Every replica of a service does this with the same prefix and capacity.
func ExampleOpen() {
	ctx := context.Background()
	client, err := clientv3.New(clientv3.Config{Endpoints: []string{"localhost:2379"}})
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close()
	replica, err := etcdbank.Open(ctx, client, "gpus/", banker.Capacity{"gpu": 64}, 10*time.Second)
	if err != nil {
		log.Fatal(err)
	}
	defer replica.Close()

	job, err := replica.Register(ctx, banker.Of("gpu", 8))
	if err != nil {
		log.Fatal(err)
	}
	if err := job.Acquire(ctx, banker.Of("gpu", 4)); err != nil {
		log.Fatal(err)
	}
	select {
	case <-job.Done(): // stop using the units: another replica may be granted them
	case <-time.After(time.Minute): // the work, which shows job.Revision to whatever the units stand for
	}
	if err := job.Close(ctx); err != nil {
		log.Print(err)
	}
}
