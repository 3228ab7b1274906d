package conformance_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// scheme makes the browser prefer light or dark.
func scheme(t *testing.T, ctx context.Context, prefer string) {
	t.Helper()
	_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: prefer}},
	})
	require.NoError(t, err)
}

// faint lists texts whose contrast with what is behind them is less than 4.5, which is what WCAG's level AA asks
// for. It mixes colours that are not opaque, and takes for a text in a drawing's box the colour of the box.
const faint = `(() => {
	const parse = c => { const n = (c.match(/[\d.]+/g) || [0, 0, 0, 0]).map(Number); return n.length < 4 ? [...n, 1] : n; };
	const over = (top, under) => [0, 1, 2].map(i => top[i] * top[3] + under[i] * (1 - top[3])).concat(1);
	const light = c => { const f = c.slice(0, 3).map(v => v / 255).map(v => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4); return .2126 * f[0] + .7152 * f[1] + .0722 * f[2]; };
	const behind = e => {
		if (!e) return [255, 255, 255, 1];
		const under = behind(e.parentElement);
		return over(parse(getComputedStyle(e).backgroundColor), under);
	};
	const out = [];
	for (const e of document.querySelectorAll("body *")) {
		const text = [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim());
		const r = e.getBoundingClientRect();
		if (!text || r.width < 2 || r.height < 2 || e.closest(".skip, title, [hidden]")) continue;
		const drawn = e instanceof SVGElement, box = drawn && e.previousElementSibling;
		let back = behind(drawn ? e.closest("svg").parentElement : e);
		if (box && box.tagName === "rect") back = over(parse(getComputedStyle(box).fill), back);
		let front = over(parse(drawn ? getComputedStyle(e).fill : getComputedStyle(e).color), back);
		for (let p = e; p; p = p.parentElement) {
			const o = parseFloat(getComputedStyle(p).opacity);
			if (o < 1) front = over([...front.slice(0, 3), o], back);
		}
		const [a, b] = [light(front), light(back)], ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
		if (ratio < 4.5) out.push(ratio.toFixed(2) + " " + e.tagName + "." + e.className.toString() + " " + e.textContent.slice(0, 40));
	}
	return out.join("\n");
})()`

// drawn lists lines of drawings and blocks of timelines that one can hardly tell from what is behind them: 3 is what WCAG asks for.
const drawn = `(() => {
	const parse = c => (c.match(/[\d.]+/g) || []).map(Number);
	const light = c => { const f = c.slice(0, 3).map(v => v / 255).map(v => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4); return .2126 * f[0] + .7152 * f[1] + .0722 * f[2]; };
	const back = e => { for (; e; e = e.parentElement) { const c = parse(getComputedStyle(e).backgroundColor); if (c.length === 3) return c; } return [255, 255, 255]; };
	const out = [];
	for (const e of document.querySelectorAll(".drawing path[stroke], .lane svg rect")) {
		const line = e.closest(".drawing"), s = getComputedStyle(e), c = parse(line ? s.stroke : s.fill);
		const [a, b] = [light(c), light(back(line ? line : e.closest("svg")))], ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
		if (ratio < (line ? 2.5 : 1.5)) out.push(ratio.toFixed(2) + " " + e.outerHTML.slice(0, 120));
	}
	return [...new Set(out)].slice(0, 10).join("\n");
})()`

func TestEverythingCanBeReadInLightAndDark(t *testing.T) {
	ctx := browser(t)
	address, _ := service(t, "ring")
	unregistered, _ := service(t, "unregistered")
	require.NoError(t, chromedp.Do(ctx, chromedp.EmulateViewport(sizes["1200"][0], sizes["1200"][1])))
	for _, prefer := range []string{"light", "dark"} {
		scheme(t, ctx, prefer)
		for view, mark := range marks {
			t.Run(prefer+" "+view, func(t *testing.T) {
				visit(t, ctx, address+view)
				eventually(t, ctx, mark)
				require.Empty(t, evaluate[string](t, ctx, faint))
				require.Empty(t, evaluate[string](t, ctx, drawn))
				dark := evaluate[bool](t, ctx, `parseInt(getComputedStyle(document.body).backgroundColor.slice(4)) < 64`)
				require.Equal(t, prefer == "dark", dark)
				if *screenshots != "" && prefer == "dark" && (view == "" || view == "orders") {
					picture(t, ctx, "1200", cmpOr(view, "waits")+"-dark")
				}
			})
		}
		visit(t, ctx, unregistered)
		eventually(t, ctx, showsParked)
		require.Empty(t, evaluate[string](t, ctx, faint))
	}
}

const showsParked = `[...document.querySelectorAll("#parked tbody tr")].some(r => r.getBoundingClientRect().height > 10 && r.textContent.includes("bbuf.(*Buffer).Put") && r.textContent.includes("service_test.go:") && r.cells[0].textContent === "3")`

// A service hangs in a buffer where nobody is registered: the page shows those who wait, and whom one has to look at.
func TestWaitsOfTheUnregisteredAreShown(t *testing.T) {
	ctx := browser(t)
	address, _ := service(t, "unregistered")
	heard := overhear(t, ctx)
	for name, size := range sizes {
		require.NoError(t, chromedp.Do(ctx, chromedp.EmulateViewport(size[0], size[1])))
		visit(t, ctx, address)
		eventually(t, ctx, showsParked)
		eventually(t, ctx, `document.getElementById("state").textContent.includes("1 goroutine waits, nobody in a ring")`)
		require.Contains(t, evaluate[string](t, ctx, `document.getElementById("state").textContent`), "3 goroutines are blocked where nobody is registered")
		require.Regexp(t, `\d+ locked at service_test.go:\d+ \(not among the waits\)`, evaluate[string](t, ctx, `document.querySelector("#table tbody td[data-label='of goroutine']").textContent`))
		require.Empty(t, evaluate[string](t, ctx, fits))
		if *screenshots != "" {
			picture(t, ctx, name, "parked")
		}
	}
	heard.clean(t, address)
}

// On the narrowest phone a ring is a list that one reads downwards.
func TestARingIsReadDownwardsOnAPhone(t *testing.T) {
	ctx := browser(t)
	address, _ := service(t, "ring")
	for _, width := range []int64{320, 360} {
		require.NoError(t, chromedp.Do(ctx, chromedp.EmulateViewport(width, 740)))
		for view, mark := range marks {
			visit(t, ctx, address+view)
			eventually(t, ctx, mark)
			require.Empty(t, evaluate[string](t, ctx, fits), "%d %s", width, view)
			require.Empty(t, evaluate[string](t, ctx, `[...document.querySelectorAll("section:not(#graph) .drawing")].filter(d => d.getBoundingClientRect().width > 1 && d.scrollWidth > d.clientWidth + 1).map(d => d.id).join()`), "scrolls sideways")
		}
		visit(t, ctx, address+"orders")
		eventually(t, ctx, marks["orders"])
		require.True(t, evaluate[bool](t, ctx, `[...document.querySelectorAll(".finding.failing")].every(f => f.querySelectorAll(".loop > li").length >= 2 && [...f.querySelectorAll(".loop .who")].every(w => w.getBoundingClientRect().height > 10))`))
	}
}

// With more of everything than fits, the page stays small, says what it leaves out, and goes on refreshing.
func TestAPageIsBounded(t *testing.T) {
	ctx := browser(t)
	address, _ := service(t, "many")
	for view, left := range map[string]string{"": "4900 more are in the JSON", "orders": "Of 4999 orders the 80", "times": "4900 more are in the JSON"} {
		visit(t, ctx, address+view)
		require.Eventually(t, func() bool {
			return strings.Contains(evaluate[string](t, ctx, `document.getElementById("parts").textContent`), left)
		}, patience, patience/100, "%s: %s", view, left)
		require.Less(t, evaluate[int](t, ctx, `document.documentElement.outerHTML.length`), 300_000, view)
		require.Less(t, evaluate[int](t, ctx, `document.querySelectorAll("*").length`), 4000, view)
		require.Empty(t, evaluate[string](t, ctx, fits))
		refreshed(t, ctx)
	}
}

// refreshed waits until the page has been told something again.
func refreshed(t *testing.T, ctx context.Context) {
	t.Helper()
	before := evaluate[string](t, ctx, `document.getElementById("clock").textContent`)
	eventually(t, ctx, `document.getElementById("clock").textContent !== `+quoted(before))
}

// With scripts off the links still lead to each view and its JSON, and a report can be opened.
func TestLinksWorkWithoutScripts(t *testing.T) {
	ctx := browser(t)
	address, _ := service(t, "ring")
	_, err := chromedp.Call(ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
	require.NoError(t, err)
	for view := range marks {
		visit(t, ctx, address+view)
		links := evaluate[[]string](t, ctx, `[...document.querySelectorAll("header a")].map(a => a.href)`)
		require.Len(t, links, len(marks)+1)
		for _, link := range links {
			answer, err := http.Get(link)
			require.NoError(t, err)
			require.NoError(t, answer.Body.Close())
			require.Equal(t, http.StatusOK, answer.StatusCode, link)
			wantsJSON := strings.HasSuffix(link, ".json")
			require.Equal(t, wantsJSON, strings.HasPrefix(answer.Header.Get("Content-Type"), "application/json"), link)
		}
		require.Equal(t, address+cmpOr(view, "waits")+".json", links[len(links)-1])
		require.NoError(t, chromedp.Do(ctx, chromedp.Click(`.controls a`)))
		eventually(t, ctx, `document.contentType === "application/json" && document.body.textContent.includes("\"at\"")`)
	}
}
