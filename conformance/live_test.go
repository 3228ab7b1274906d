package conformance_test

import (
	"bufio"
	"bytes"
	"context"
	"flag"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"maps"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"
)

var screenshots = flag.String("screenshots", "", "write a picture of every view of the live page into this folder")

// service starts this binary as one, and returns the address of its live page.
func service(t *testing.T, what string) (string, *exec.Cmd) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), asService+"="+what)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	address, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(t, err)
	return strings.TrimSpace(address), cmd
}

// overheard is what a tab asks for and complains about.
type overheard struct {
	mu        sync.Mutex
	requests  []string
	complains []string
}

func overhear(t *testing.T, ctx context.Context) *overheard {
	t.Helper()
	o := new(overheard)
	require.NoError(t, chromedp.Listen(ctx, func(ev any) {
		o.mu.Lock()
		defer o.mu.Unlock()
		switch e := ev.(type) {
		case *network.EventRequestWillBeSent:
			o.requests = append(o.requests, e.Request.URL)
		case *log.EventEntryAdded:
			o.complains = append(o.complains, e.Entry.Text+" "+e.Entry.URL)
		case *runtime.EventExceptionThrown:
			o.complains = append(o.complains, e.ExceptionDetails.Text)
		case *runtime.EventConsoleAPICalled:
			o.complains = append(o.complains, string(e.Type))
		}
	}))
	return o
}

// clean fails the test if something was complained about, or asked of another host.
func (o *overheard) clean(t *testing.T, address string) {
	t.Helper()
	o.mu.Lock()
	defer o.mu.Unlock()
	require.Empty(t, o.complains)
	require.NotEmpty(t, o.requests)
	want, err := url.Parse(address)
	require.NoError(t, err)
	for _, r := range o.requests {
		got, err := url.Parse(r)
		require.NoError(t, err)
		if got.Scheme != "data" {
			require.Equal(t, want.Host, got.Host, r)
		}
	}
}

func evaluate[T any](t *testing.T, ctx context.Context, expression string) T {
	t.Helper()
	got, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression))
	require.NoError(t, err, expression)
	return got
}

func eventually(t *testing.T, ctx context.Context, expression string) {
	t.Helper()
	require.Eventually(t, func() bool { return evaluate[bool](t, ctx, expression) }, patience, 50*time.Millisecond, expression)
}

func visit(t *testing.T, ctx context.Context, address string) {
	t.Helper()
	require.NoError(t, chromedp.Do(ctx, chromedp.Navigate(address)))
}

// patience is for a browser on a machine that does other things too.
const patience = 30 * time.Second

// sizes are those of a desk and of a phone.
var sizes = map[string][2]int64{"1200": {1200, 900}, "375": {375, 800}}

// fits tells what of the page is wider than the window, outside what scrolls by itself.
const fits = `[...document.querySelectorAll("body *")].filter(e => {
	const r = e.getBoundingClientRect();
	return r.width > 1 && r.right > innerWidth + 1 && !e.closest(".drawing, pre, .skip, thead");
}).map(e => e.outerHTML.slice(0, 200)).join("\n") || (document.documentElement.scrollWidth > innerWidth ? "the page scrolls sideways" : "")`

// marks of each view: what must be seen of the ring, the findings and so on.
var marks = map[string]string{
	"":          `document.querySelector(".headline").textContent === "Deadlock" && document.querySelectorAll(".loop > li").length === 3 && document.querySelectorAll("#table tbody tr").length >= 6 && [...document.querySelectorAll("#table tbody tr")].slice(0, 3).every(r => r.classList.contains("failing"))`,
	"orders":    `document.querySelectorAll(".finding.failing").length >= 2 && document.querySelector(".finding .tag").textContent === "deadlock" && document.querySelector("#graph-drawing svg path") !== null`,
	"times":     `document.querySelectorAll("#waits tbody tr").length >= 6 && document.querySelectorAll("#holds tbody tr").length >= 2`,
	"bankers":   `document.querySelectorAll(".reason").length === 2 && document.body.textContent.includes("would be unsafe")`,
	"executors": `document.querySelectorAll(".lane svg rect.running").length > 0 && document.querySelectorAll(".lane svg rect.waiting").length > 0`,
}

func TestLivePageShowsARing(t *testing.T) {
	ctx := browser(t)
	address, _ := service(t, "ring")
	heard := overhear(t, ctx)
	for name, size := range sizes {
		require.NoError(t, chromedp.Do(ctx, chromedp.EmulateViewport(size[0], size[1])))
		for view, mark := range marks {
			t.Run(name+" "+view, func(t *testing.T) {
				visit(t, ctx, address+view)
				eventually(t, ctx, mark)
				// Shown is also what the refreshes bring.
				evaluate[bool](t, ctx, `document.querySelector("#parts > section").dataset.served = "first", true`)
				before := evaluate[string](t, ctx, `document.getElementById("clock").textContent`)
				eventually(t, ctx, `document.getElementById("clock").textContent !== `+quoted(before))
				require.True(t, evaluate[bool](t, ctx, mark))
				require.True(t, evaluate[bool](t, ctx, `[...document.querySelectorAll("#parts > section")].every(s => s.getBoundingClientRect().height > 20)`), "nothing is hidden")
				require.Empty(t, evaluate[string](t, ctx, fits))
				if *screenshots != "" {
					picture(t, ctx, name, cmpOr(view, "waits"))
				}
			})
		}
	}
	heard.clean(t, address)
}

// The ring is what the eye meets first: at the top, wide, in the largest letters.
func TestTheRingComesFirst(t *testing.T) {
	ctx := browser(t)
	address, _ := service(t, "ring")
	for name, size := range sizes {
		t.Run(name, func(t *testing.T) {
			require.NoError(t, chromedp.Do(ctx, chromedp.EmulateViewport(size[0], size[1])))
			visit(t, ctx, address)
			eventually(t, ctx, marks[""])
			require.True(t, evaluate[bool](t, ctx, `(() => {
				const ring = document.querySelector(".ring").getBoundingClientRect(), table = document.querySelector("#table").getBoundingClientRect();
				const largest = Math.max(...[...document.querySelectorAll("body *")].map(e => parseFloat(getComputedStyle(e).fontSize)));
				return ring.top < innerHeight / 3 && ring.bottom <= table.top && parseFloat(getComputedStyle(document.querySelector(".headline")).fontSize) === largest;
			})()`))
		})
	}
}

func TestHostileNamesAreShown(t *testing.T) {
	ctx := browser(t)
	address, _ := service(t, "hostile")
	heard := overhear(t, ctx)
	for view := range marks {
		visit(t, ctx, address+view)
		eventually(t, ctx, `document.querySelectorAll("#parts > section").length >= `+map[bool]string{true: "1", false: "2"}[view == "bankers" || view == "executors"])
		require.NotEqual(t, "broken", evaluate[string](t, ctx, `document.title`))
		require.Zero(t, evaluate[int](t, ctx, `document.querySelectorAll("#parts script, #parts img").length`))
		require.Empty(t, evaluate[string](t, ctx, fits))
		require.Equal(t, "[]", evaluate[string](t, ctx, `JSON.stringify(document.documentElement.textContent.match(/[^\n\t\P{C}]/gu) || [])`), "nothing invisible")
		require.Less(t, evaluate[int](t, ctx, `document.documentElement.outerHTML.length`), 300_000, "no name is endless")
	}
	visit(t, ctx, address+"orders")
	require.True(t, evaluate[bool](t, ctx, `document.getElementById("parts").textContent.includes("<script>document.title='broken'</script>")`))
	heard.clean(t, address)
}

func TestTheKeyboardReachesEverything(t *testing.T) {
	ctx := browser(t)
	address, _ := service(t, "ring")
	visit(t, ctx, address)
	eventually(t, ctx, marks[""])
	at := func() string {
		return evaluate[string](t, ctx, `document.activeElement.id || document.activeElement.textContent.trim()`)
	}
	var way []string
	for range 9 {
		require.NoError(t, chromedp.Do(ctx, chromedp.KeyEvent(kb.Tab)))
		way = append(way, at())
		outline := evaluate[string](t, ctx, `getComputedStyle(document.activeElement).outlineStyle`)
		require.Equal(t, "solid", outline, "the focus is seen on %s", at())
	}
	require.Equal(t, []string{"Skip to the view", "Waits", "Orders", "Times", "Bankers", "Executors", "pause", "JSON", "Whole report"}, way)

	// A report that is open stays so, with the focus, while the page goes on.
	visit(t, ctx, address)
	eventually(t, ctx, marks[""])
	evaluate[bool](t, ctx, `document.querySelector("summary").focus(), true`)
	require.NoError(t, chromedp.Do(ctx, chromedp.KeyEvent(kb.Enter)))
	require.True(t, evaluate[bool](t, ctx, `document.querySelector("details").open`))
	evaluate[bool](t, ctx, `scrollTo(0, 120), window.table = document.querySelector("#table"), true`)
	eventually(t, ctx, `window.table !== document.querySelector("#table")`) // it was replaced: times go on
	require.True(t, evaluate[bool](t, ctx, `document.querySelector("details").open && document.activeElement === document.querySelector("summary") && scrollY === 120`))

	// The first stop leads past the rest to the view.
	visit(t, ctx, address)
	require.NoError(t, chromedp.Do(ctx, chromedp.KeyEvent(kb.Tab), chromedp.KeyEvent(kb.Enter)))
	require.Equal(t, "view", at())
}

func TestPauseStopsTheRefresh(t *testing.T) {
	ctx := browser(t)
	address, _ := service(t, "ring")
	visit(t, ctx, address+"times")
	eventually(t, ctx, marks["times"])
	evaluate[bool](t, ctx, `document.getElementById("pause").focus(), true`)
	require.NoError(t, chromedp.Do(ctx, chromedp.KeyEvent(kb.Enter)))
	require.Equal(t, "Go on", evaluate[string](t, ctx, `document.getElementById("pause").textContent`))
	heard := overhear(t, ctx)
	_, err := chromedp.Run(ctx, chromedp.Evaluate[bool](`new Promise(done => setTimeout(() => done(true), 2500))`, chromedp.EvalAwaitPromise))
	require.NoError(t, err)
	heard.mu.Lock()
	require.Empty(t, heard.requests)
	heard.mu.Unlock()
	require.NoError(t, chromedp.Do(ctx, chromedp.KeyEvent(kb.Enter)))
	eventually(t, ctx, `document.getElementById("pause").textContent === "Pause"`)
}

func TestAProgramThatIsGoneIsSaid(t *testing.T) {
	ctx := browser(t)
	address, cmd := service(t, "calm")
	visit(t, ctx, address)
	require.Equal(t, "Nobody waits", evaluate[string](t, ctx, `document.querySelector(".headline").textContent`))
	require.NoError(t, cmd.Process.Kill())
	eventually(t, ctx, `!document.getElementById("trouble").hidden && document.getElementById("trouble").textContent.includes("has not answered since")`)
}

func TestThePageWorksWithoutScripts(t *testing.T) {
	ctx := browser(t)
	address, _ := service(t, "ring")
	_, err := chromedp.Call(ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
	require.NoError(t, err)
	visit(t, ctx, address)
	require.Eventually(t, func() bool {
		visit(t, ctx, address)
		return evaluate[bool](t, ctx, marks[""])
	}, 30*time.Second, 50*time.Millisecond)
	require.True(t, evaluate[bool](t, ctx, `document.getElementById("pause").hidden`), "nothing that does nothing")
}

func quoted(s string) string { return "\"" + s + "\"" }

func cmpOr(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// picture writes what the window shows.
func picture(t *testing.T, ctx context.Context, size, view string) {
	t.Helper()
	data, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
	require.NoError(t, err)
	data = smaller(t, data)
	require.LessOrEqual(t, len(data), 150<<10)
	name := "live-" + view + ".png"
	if size == "375" {
		name = "live-" + view + "-phone.png"
	}
	require.NoError(t, os.WriteFile(filepath.Join(*screenshots, name), data, 0o644))
}

// smaller keeps the 256 most frequent colours, which is all that a page of text needs.
func smaller(t *testing.T, data []byte) []byte {
	t.Helper()
	whole, err := png.Decode(bytes.NewReader(data))
	require.NoError(t, err)
	box, count := whole.Bounds(), map[color.Color]int{}
	for y := range box.Max.Y {
		for x := range box.Max.X {
			count[whole.At(x, y)]++
		}
	}
	colours := slices.SortedFunc(maps.Keys(count), func(a, b color.Color) int { return count[b] - count[a] })
	few := image.NewPaletted(box, colours[:min(len(colours), 256)])
	draw.Draw(few, box, whole, box.Min, draw.Src)
	var out bytes.Buffer
	require.NoError(t, (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&out, few))
	return out.Bytes()
}
