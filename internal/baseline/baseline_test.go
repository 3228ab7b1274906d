package baseline_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/interlock-go/interlock/internal/baseline"
	"github.com/interlock-go/interlock/internal/graphfile"
)

const head = "lockorder-baseline 1\n"

const sample = head + `# known to be fine
declare user session
suppress 0a1b2c until 2027-03-31 because shutdown runs alone
order lock@app.F Lock > lock@app.F Lock
	app/f.go:9 > app/f.go:10
order user Lock gate RLock > "a session" RLock
	app/user.go:12 app/gate.go:1 > app/session.go:40
`

func read(t require.TestingT, text string) *baseline.File {
	f, err := baseline.Read(strings.NewReader(text), "lockorder.txt")
	require.NoError(t, err)
	return f
}

func written(t require.TestingT, f *baseline.File) string {
	var b strings.Builder
	_, err := f.WriteTo(&b)
	require.NoError(t, err)
	return b.String()
}

func TestReadsWhatItWrites(t *testing.T) {
	f := read(t, sample)
	require.Equal(t, sample, written(t, f))
	require.Equal(t, []baseline.Lock{
		{"user", "Lock", "app/user.go:12", true},
		{"gate", "RLock", "app/gate.go:1", true},
		{"a session", "RLock", "app/session.go:40", true},
	}, f.Orders[1].Locks)
	require.False(t, f.Orders[0].Locks[0].Classed)
	require.Equal(t, sample, written(t, read(t, strings.ReplaceAll(sample, "\n", "\r\n"))), "a checkout may change the ends of lines")
}

func TestWhateverTheNames(t *testing.T) {
	name := rapid.SampledFrom([]string{"a", ">", "", "a b", `"`, "order", "#", "lock@f", "a\nb", "\ta", "…", "\xff", "Lock"})
	rapid.Check(t, func(rt *rapid.T) {
		var orders []baseline.Order
		for range rapid.IntRange(1, 5).Draw(rt, "orders") {
			var o graphfile.Order
			for range rapid.IntRange(0, 3).Draw(rt, "held") {
				o.Held = append(o.Held, drawHold(rt, name))
			}
			o.Want = drawHold(rt, name)
			orders = append(orders, baseline.OrderOf(o))
		}
		once := written(rt, &baseline.File{Orders: orders})
		again := read(rt, once)
		require.Equal(rt, once, written(rt, again))
		d := baseline.Compare(again.Orders, orders)
		require.Empty(rt, d.New)
		require.Empty(rt, d.Absent)
		require.Zero(rt, d.Moved)
	})
}

func drawHold(rt *rapid.T, name *rapid.Generator[string]) graphfile.Hold {
	h := graphfile.Hold{Class: name.Draw(rt, "class"), Type: "Mutex", Mode: rapid.SampledFrom([]string{"Lock", "RLock"}).Draw(rt, "mode")}
	h.Site = []graphfile.Frame{{Func: name.Draw(rt, "func"), File: name.Draw(rt, "file"), Line: rapid.IntRange(1, 9).Draw(rt, "line")}}
	return h
}

func TestWrongLinesAreNamed(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		line int
		want string
	}{
		"empty":             {"", 1, "not a baseline"},
		"foreign":           {"hello\n", 1, "not a baseline"},
		"later":             {"lockorder-baseline 9\n", 1, "a baseline of another version"},
		"conflict at top":   {"<<<<<<< HEAD\n" + head, 1, "a conflict marker"},
		"conflict":          {sample + "<<<<<<< HEAD\n", 9, "a conflict marker"},
		"middle of one":     {sample + "=======\n", 9, "a conflict marker"},
		"conflict in order": {head + "order a Lock > b Lock\n>>>>>>> x\n", 3, "a conflict marker"},
		"unknown kind":      {head + "odrer a Lock > b Lock\n", 2, `unknown kind of line "odrer"`},
		"no want":           {head + "order a Lock\n\tx:1\n", 2, "an order is NAME MODE... > NAME MODE"},
		"no separator":      {head + "order a Lock b Lock c\n", 2, "an order is NAME MODE... > NAME MODE"},
		"mode":              {head + "order a lock > b Lock\n", 2, `mode "lock" is neither`},
		"quote":             {head + "order \"a Lock > b Lock\n", 2, "a quoted word does not end"},
		"behind a quote":    {head + "order \"a\"b Lock > b Lock\n", 2, "something else than a space"},
		"no places":         {head + "order a Lock > b Lock\norder c Lock > d Lock\n", 3, "no line of places"},
		"no places at end":  {head + "order a Lock > b Lock\n", 2, "no line of places"},
		"few places":        {head + "order a Lock > b Lock\n\t> x:1\n", 3, "1 places for the 2 locks"},
		"places alone":      {head + "\tx:1 > x:2\n", 2, "without an order"},
		"declares one":      {head + "declare a\n", 2, "declare CLASS CLASS"},
		"no reason":         {head + "suppress 1 until 2027-03-31 because\n", 2, "suppress ID until"},
		"blank reason":      {head + "suppress 1 until 2027-03-31 because  \n", 2, "suppress ID until"},
		"no day":            {head + "suppress 1 until soon because x\n", 2, `"soon" is not YYYY-MM-DD`},
		"no such day":       {head + "suppress 1 until 2027-02-30 because x\n", 2, "is not YYYY-MM-DD"},
		"no ID":             {head + "suppress  until 2027-03-31 because x\n", 2, "suppress ID until"},
		"an empty place":    {head + "order a Lock > b Lock\n\t\"\" > x:1\n", 3, "a place is empty"},
		"two spaces":        {head + "declare a  b\n", 2, "a declared class has no name"},
		"cut in a reason":   {sample[:strings.Index(sample, " alone")], 4, "truncated"},
		"cut in a place":    {sample[:len(sample)-2], 8, "truncated"},
		"cut at the top":    {head[:len(head)-1], 1, "truncated"},
		"twice":             {head + "suppress 1 until 2027-03-31 because x\nsuppress 1 until 2027-03-31 because y\n", 3, "suppressed in line 2 already"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := baseline.Read(strings.NewReader(c.text), "lockorder.txt")
			require.ErrorContains(t, err, c.want)
			var at *baseline.Error
			require.ErrorAs(t, err, &at)
			require.Equal(t, c.line, at.Line)
			require.True(t, strings.HasPrefix(err.Error(), "lockorder.txt:"))
		})
	}
}

func TestASuppressionLastsThroughItsDay(t *testing.T) {
	s := read(t, sample).Suppressed[0]
	require.Equal(t, "shutdown runs alone", s.Reason)
	require.False(t, s.Expired(time.Date(2027, 3, 31, 23, 59, 0, 0, time.UTC)))
	require.True(t, s.Expired(time.Date(2027, 4, 1, 0, 0, 0, 0, time.UTC)))
}

func TestNames(t *testing.T) {
	site := []graphfile.Frame{{Func: "sync.(*Cond).Wait", File: "sync/cond.go", Line: 71}, {Func: "app.(*T).F", File: "app/f.go", Line: 9}}
	require.Equal(t, "lock@app.(*T).F", baseline.NameOf(graphfile.Hold{Type: "Mutex", Site: site}))
	require.Equal(t, "lock@sync.(*Cond).Wait", baseline.NameOf(graphfile.Hold{Type: "Mutex", Site: site[:1]}))
	require.Equal(t, "c", baseline.NameOf(graphfile.Hold{Type: "Mutex", Class: "c", Site: site}))
}

// orders reads "f:9>f:10 f:20>f:21", orders in functions of those names; a name
// with a capital is a class.
func orders(text string) []baseline.Order {
	var all []baseline.Order
	for word := range strings.FieldsSeq(text) {
		held, want, _ := strings.Cut(word, ">")
		all = append(all, baseline.OrderOf(graphfile.Order{Held: []graphfile.Hold{at(held)}, Want: at(want)}))
	}
	return all
}

func at(text string) graphfile.Hold {
	name, digits, _ := strings.Cut(text, ":")
	line := 0
	for _, d := range digits {
		line = line*10 + int(d-'0')
	}
	h := graphfile.Hold{Type: "Mutex", Mode: "Lock", Site: []graphfile.Frame{{Func: "app." + name, File: "app/a.go", Line: line}}}
	if strings.ToUpper(name) == name {
		h.Class = name
	}
	return h
}

func TestCompare(t *testing.T) {
	for name, c := range map[string]struct{ known, seen, isNew, absent string }{
		"the same":                      {"f:9>f:10", "f:9>f:10", "", ""},
		"moved":                         {"f:9>f:10", "f:19>f:20", "", ""},
		"moved apart":                   {"f:9>f:10", "f:19>f:25", "", ""},
		"another":                       {"f:9>f:10", "f:9>f:10 f:10>f:9", "f:10>f:9", ""},
		"another, and all moved":        {"f:9>f:10", "f:19>f:20 f:30>f:29", "f:30>f:29", ""},
		"another before, and all moved": {"f:9>f:10", "f:12>f:11 f:19>f:20", "f:12>f:11", ""},
		"two moved":                     {"f:9>f:10 f:15>f:17", "f:19>f:20 f:25>f:27", "", ""},
		"gone":                          {"f:9>f:10 f:15>f:17", "f:15>f:17", "", "f:9>f:10"},
		"other function":                {"f:9>f:10", "g:9>g:10", "g:9>g:10", "f:9>f:10"},
		"classes wherever":              {"A:1>B:2", "A:7>B:3 A:9>B:4", "", ""},
		"classes inverted":              {"A:1>B:2", "B:1>A:2", "B:1>A:2", "A:1>B:2"},
		"a class and a place":           {"A:1>f:2", "A:7>f:2 A:8>f:3", "A:8>f:3", ""},
		"nothing known":                 {"", "A:1>B:2", "A:1>B:2", ""},
	} {
		t.Run(name, func(t *testing.T) {
			d := baseline.Compare(orders(c.known), orders(c.seen))
			require.Equal(t, keys(orders(c.isNew)), keys(d.New))
			require.Equal(t, keys(orders(c.absent)), keys(d.Absent))
			for _, o := range orders(c.seen) {
				require.Equal(t, !slices.Contains(keys(d.New), o.Key()), d.Known(o), o.Key())
			}
		})
	}
}

func keys(orders []baseline.Order) []string {
	var all []string
	for _, o := range orders {
		all = append(all, o.Key())
	}
	return all
}

// Whatever lines are put in above, nothing is new; and what is added is.
func TestAShiftOfAllLinesIsNothing(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		line := rapid.IntRange(1, 30)
		var known, shifted []baseline.Order
		by := rapid.IntRange(0, 50).Draw(rt, "by")
		for range rapid.IntRange(1, 6).Draw(rt, "orders") {
			f := rapid.SampledFrom([]string{"f", "g"}).Draw(rt, "function")
			h, w := line.Draw(rt, "held"), line.Draw(rt, "want")
			make := func(by int) baseline.Order {
				held, want := at(f), at(f)
				held.Site[0].Line, want.Site[0].Line = h+by, w+by
				return baseline.OrderOf(graphfile.Order{Held: []graphfile.Hold{held}, Want: want})
			}
			known, shifted = append(known, make(0)), append(shifted, make(by))
		}
		d := baseline.Compare(known, shifted)
		require.Empty(rt, d.New)
		require.Empty(rt, d.Absent)

		d = baseline.Compare(known, append(shifted, orders("f:900>f:700")...))
		require.Len(rt, d.New, 1)
	})
}
