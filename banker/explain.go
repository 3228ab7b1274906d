package banker

import (
	"fmt"
	"strings"

	"github.com/interlock-go/interlock/internal/safestate"
)

// Verdict is what a request would be answered, and why. Its String is made for people.
type Verdict struct {
	Banker  string   `json:"banker"`  // name of the banker
	Job     string   `json:"job"`     // name of the one that asks
	Request []Amount `json:"request"` // what for

	// Err is nil if the request would be granted, else the error of [Job.TryAcquire].
	Err error `json:"-"`

	Free   []Amount `json:"free"`             // of the resources that matter
	After  []Amount `json:"after,omitempty"`  // free if it were granted
	Finish []string `json:"finish,omitempty"` // who could still finish then
	Left   []Amount `json:"left,omitempty"`   // free when they have
	Stuck  []Stuck  `json:"stuck,omitempty"`  // who could not, the job itself first
	Pinned string   `json:"pinned,omitempty"` // the job that must not be delayed

	// NotBefore are the others who hold what a stuck job lacks most, with how much the
	// nearest one lacks, or all they hold if that is less. The answer stays what it is until
	// they have given back that much, one or some together, or claims are lowered or capacity is added.
	NotBefore []GiveBack `json:"not_before,omitempty"`
}

// GiveBack is what a job would have to give back.
type GiveBack struct {
	Job string `json:"job"` // its name
	Amount
}

// Stuck is a job that could not finish if a request were granted.
type Stuck struct {
	Job      string `json:"job"`      // its name
	Resource string `json:"resource"` // of which it would lack most
	Holds    int64  `json:"holds"`    // of that, already
	Wants    int64  `json:"wants"`    // may want, in addition
	Short    int64  `json:"short"`    // of what would be left
}

// few is how many resources a verdict shows even if they do not matter.
const few = 4

// Explain says what [Job.TryAcquire] would answer, and why. It changes nothing. Of a request that is
// unsafe as well as unfair it says that it is unsafe. It takes time in proportion to the number
// of jobs, and more if the answer is no.
func (j *Job) Explain(amounts ...Amount) Verdict {
	err := j.lock()
	b := j.b
	v := Verdict{Banker: b.name, Job: j.name, Request: append([]Amount{}, amounts...), Err: err}
	if err != nil {
		return v
	}
	defer b.mu.Unlock()
	if v.Err = b.request(j, amounts); v.Err != nil {
		return v
	}
	b.explain(j, b.req, &v)
	return v
}

// Waiting says why calls wait: what [Job.Explain] says of the first n requests that wait, in order of
// arrival. It locks the banker for as long as n of those take.
func (b *Banker) Waiting(n int) []Verdict {
	b.mu.Lock()
	defer b.mu.Unlock()
	var all []Verdict
	for _, w := range b.q.Waiting() {
		if len(all) >= n {
			break
		}
		id, req := w.Request()
		v := Verdict{Banker: b.name, Job: b.jobs[id].name}
		for _, a := range req {
			v.Request = append(v.Request, Of(b.names[a.Resource], a.Units))
		}
		b.explain(b.jobs[id], req, &v)
		all = append(all, v)
	}
	return all
}

// explain fills in what follows from the request. b is locked.
func (b *Banker) explain(j *Job, req []safestate.Amount, v *Verdict) {
	f := b.q.Explain(j.id, req)
	v.Err = failure(f.Outcome)
	asked := b.vector(req)
	matters := append([]int64(nil), asked...)
	for _, s := range f.Stuck {
		matters[s.Resource]++
	}
	for i := range b.q.Claim(j.id) {
		r, _, _ := b.q.At(j.id, i)
		matters[r]++
	}
	for r, n := range matters {
		if n == 0 && len(matters) > few {
			continue
		}
		v.Free = append(v.Free, Of(b.names[r], b.q.Free(r)))
		if f.Outcome == safestate.Unsafe {
			v.After = append(v.After, Of(b.names[r], b.q.Free(r)-asked[r]))
			v.Left = append(v.Left, Of(b.names[r], f.Left[r]))
		}
	}
	switch f.Outcome {
	case safestate.Unsafe:
		for _, id := range f.Done {
			v.Finish = append(v.Finish, b.jobs[id].name)
		}
		for _, s := range f.Stuck {
			v.Stuck = append(v.Stuck, Stuck{b.jobs[s.Job].name, b.names[s.Resource], s.Held, s.Need, s.Short})
			if s.Job != j.id {
				v.NotBefore = append(v.NotBefore, b.waysOf(s.Job, f.Stuck)...)
			}
		}
	case safestate.Unfair:
		v.Pinned = b.jobs[b.q.Pinned()].name
	}
}

// String tells the verdict in a few lines.
func (v Verdict) String() string {
	head := fmt.Sprintf("banker %q: %s ", v.Banker, v.Job)
	request := amountsText(v.Request)
	free := "\n  free now:      " + amountsText(v.Free)
	switch v.Err {
	case nil:
		return head + "can have " + request + free + "\n"
	case ErrUnavailable:
		return head + "must wait: " + request + " is not free" + free + "\n"
	case ErrUnfair:
		return head + "must wait: granting " + request + " would delay " + v.Pinned +
			", which has been overtaken as often as may be" + free + "\n"
	case ErrUnsafe:
		return head + "must wait: granting " + request + " would be unsafe" + free + "\n" + v.unsafe()
	}
	return fmt.Sprintf("%scannot have %s: %v\n", head, request, v.Err)
}

func (v Verdict) unsafe() string {
	var t strings.Builder
	fmt.Fprintf(&t, "  after it:      %s; ", amountsText(v.After))
	if len(v.Finish) == 0 {
		t.WriteString("nobody could be sure to finish\n")
	} else {
		fmt.Fprintf(&t, "%s could still finish, leaving %s\n", and(v.Finish), amountsText(v.Left))
	}
	for i, s := range v.Stuck {
		label := "               "
		if i == 0 {
			label = "  then stuck:  "
		}
		fmt.Fprintf(&t, "%s  %s holds %s and may want %d more %s (%d short)\n",
			label, s.Job, Of(s.Resource, s.Holds), s.Wants, s.Resource, s.Short)
	}
	t.WriteString(v.notBefore())
	return t.String()
}

// waysOf returns what giver could give back that other stuck jobs lack.
func (b *Banker) waysOf(giver safestate.Job, stuck []safestate.Lack) (ways []GiveBack) {
	for i := range b.q.Claim(giver) {
		r, _, held := b.q.At(giver, i)
		least := int64(0)
		for _, s := range stuck {
			if s.Resource == r && s.Job != giver && (least == 0 || s.Short < least) {
				least = s.Short
			}
		}
		if held > 0 && least > 0 {
			ways = append(ways, GiveBack{b.jobs[giver].name, Of(b.names[r], min(least, held))})
		}
	}
	return ways
}

func (v Verdict) notBefore() string {
	var ways []string
	for _, w := range v.NotBefore {
		ways = append(ways, fmt.Sprintf("%s gives back %d %s", w.Job, w.Units, w.Resource))
	}
	if len(ways) == 0 {
		return ""
	}
	return "  not before:    " + strings.Join(ways, ", or ") + ", or lowers its claim\n"
}

func amountsText(all []Amount) string {
	if len(all) == 0 {
		return "nothing"
	}
	var text []string
	for _, a := range all {
		text = append(text, a.String())
	}
	return strings.Join(text, " ")
}

// and joins names as "a, b and c"; of more than eight it names eight.
func and(names []string) string {
	if more := len(names) - 8; more > 1 {
		return fmt.Sprintf("%s and %d others", strings.Join(names[:8], ", "), more)
	}
	if n := len(names) - 1; n > 0 {
		return strings.Join(names[:n], ", ") + " and " + names[n]
	}
	return names[0]
}
