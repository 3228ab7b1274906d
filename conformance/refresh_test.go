package conformance_test

import (
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// Sections come and go with what they show, and who reads one that stays is left alone.
func TestSectionsComeAndGo(t *testing.T) {
	ctx := browser(t)
	address, _ := service(t, "comes and goes")
	visit(t, ctx, address)
	for range 2 {
		eventually(t, ctx, `document.querySelector("#table tbody tr") !== null && document.querySelector(".headline").textContent.includes("1 goroutine waits")`)
		eventually(t, ctx, `document.querySelector("#table") === null && document.querySelector(".headline").textContent === "Nobody waits"`)
	}
}

func TestWhatSaysTheSameIsLeftAlone(t *testing.T) {
	ctx := browser(t)
	address, _ := service(t, "ring")
	visit(t, ctx, address)
	eventually(t, ctx, marks[""])
	evaluate[bool](t, ctx, `window.ring = document.querySelector(".ring"), window.table = document.querySelector("#table"), true`)
	eventually(t, ctx, `window.table !== document.querySelector("#table")`) // times go on
	require.True(t, evaluate[bool](t, ctx, `window.ring === document.querySelector(".ring")`))
}

// A selection would be lost with the text that it is of.
func TestASelectionStopsTheRefresh(t *testing.T) {
	ctx := browser(t)
	address, _ := service(t, "ring")
	visit(t, ctx, address)
	eventually(t, ctx, marks[""])
	evaluate[bool](t, ctx, `getSelection().selectAllChildren(document.querySelector("#table tbody tr")), window.table = document.querySelector("#table"), true`)
	_, err := chromedp.Run(ctx, chromedp.Evaluate[bool](`new Promise(done => setTimeout(() => done(true), 2500))`, chromedp.EvalAwaitPromise))
	require.NoError(t, err)
	require.True(t, evaluate[bool](t, ctx, `window.table === document.querySelector("#table") && getSelection().toString().length > 10`))
	evaluate[bool](t, ctx, `getSelection().removeAllRanges(), true`)
	eventually(t, ctx, `window.table !== document.querySelector("#table")`)
}

// retold is an expression that makes the page be told something in other words.
func retold(old, words string) string {
	return `window.ask = fetch, window.fetch = async (...a) => new Response((await (await ask(...a)).text()).replaceAll("` + old + `", "` + words + `")), true`
}

// The focus, and where something was scrolled to, outlast what is replaced around them.
func TestFocusAndScrollAreKept(t *testing.T) {
	ctx := browser(t)
	address, _ := service(t, "ring")
	visit(t, ctx, address)
	eventually(t, ctx, marks[""])
	evaluate[bool](t, ctx, `document.querySelector("#table tbody a").focus(), window.link = document.activeElement, true`)
	eventually(t, ctx, `window.link !== document.querySelector("#table tbody a")`)
	require.True(t, evaluate[bool](t, ctx, `document.activeElement === document.querySelector("#table tbody a")`))

	// Of a ring that is told in other words, what was opened stays open.
	evaluate[bool](t, ctx, `document.querySelector(".ring details").open = true, window.ring = document.querySelector(".ring"),`+retold(`would have to let go`, `must let go`))
	eventually(t, ctx, `window.ring !== document.querySelector(".ring")`)
	require.True(t, evaluate[bool](t, ctx, `document.querySelector(".ring details").open`))

	require.NoError(t, chromedp.Do(ctx, chromedp.EmulateViewport(375, 800)))
	visit(t, ctx, address+"orders")
	eventually(t, ctx, marks["orders"])
	scrolled := `document.getElementById("graph-drawing").scrollLeft`
	// The graph stays as it is, unless the service says otherwise.
	evaluate[bool](t, ctx, `document.getElementById("graph-drawing").scrollLeft = 40, window.graph = document.getElementById("graph"),`+retold(`<h2>All orders`, `<h2>All of them`))
	require.Equal(t, 40, evaluate[int](t, ctx, scrolled), "the graph is wider than a phone")
	eventually(t, ctx, `window.graph !== document.getElementById("graph")`)
	require.Equal(t, 40, evaluate[int](t, ctx, scrolled))
}
