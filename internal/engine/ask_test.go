package engine

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/interlock-go/interlock/internal/rule"
)

// A pauser sees every request, also of an order that is known, until it says that it
// need not see that call again, and findings come before it.
func TestAPauserSeesEachRequestUntilItPasses(t *testing.T) {
	afresh(t)
	var seen []Ask
	show := func(a *Ask) { seen = append(seen, *a) }
	pauser.Store(&show) // the fast path is not taken here anyway
	t.Cleanup(func() {
		pauser.Store(nil)
		passed.Clear()
	})
	ask := func(r *Record, c *Core, pc uintptr) *News {
		q := Request{Core: c, Seen: c.Seen(), For: ForMutex, PC: pc}
		news := r.Before(&q)
		Emit(news)
		r.Acquired(&q)
		return news
	}
	var a, b Core
	kept = []*Core{&a, &b}
	r := standIn(1)
	for range 3 {
		seen = nil
		ask(r, &a, 10)
		ask(r, &b, 20)
		require.Equal(t, []Ask{
			{Goroutine: 1, Held: []Asked{}, Want: Asked{ID: a.identify(), Mode: rule.Write, PC: 10}},
			{
				Goroutine: 1, Held: []Asked{{ID: a.identify(), Mode: rule.Write, PC: 10}},
				Want: Asked{ID: b.identify(), Mode: rule.Write, PC: 20},
			},
		}, seen)
		r.drop(&b)
		r.drop(&a)
	}

	other := standIn(2)
	ask(other, &b, 30)
	news := ask(other, &a, 40)
	require.NotNil(t, news.Finding, "what is found is told before anybody is held up")
	for news.next != nil {
		require.Nil(t, news.Ask)
		news = news.next
	}
	require.NotNil(t, news.Ask)
	other.drop(&a)
	other.drop(&b)

	seen = nil
	Pass(10)
	ask(r, &a, 10)
	ask(r, &b, 20)
	require.Len(t, seen, 1)
	r.drop(&b)
	r.drop(&a)
}
