//go:build !interlock_off

//lint:file-ignore SA2001 what is tried is locking, not what is locked

package mutex_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/interlock-go/interlock/lockorder"
)

func TestReadWrite(t *testing.T) {
	play(t, []scenario{
		{"R(A)L(B) L(B)W(A)", lockorder.Potential, func(l *locks) parts {
			return parts{nesting(l.ra.RLocker(), &l.b), nesting(&l.b, &l.ra)}
		}},
		{"R(A)L(B) W(A)L(B)", nothing, func(l *locks) parts {
			return parts{nesting(l.ra.RLocker(), &l.b), nesting(&l.ra, &l.b)}
		}},
		{"R(A)L(B) L(B)R(A)", lockorder.NeedsWriter, func(l *locks) parts {
			return parts{nesting(l.ra.RLocker(), &l.b), nesting(&l.b, l.ra.RLocker())}
		}},
		{"R(A)L(B) L(B)R(A) and a writer of A", lockorder.Potential, func(l *locks) parts {
			return parts{nesting(l.ra.RLocker(), &l.b), nesting(&l.b, l.ra.RLocker()), nesting(&l.ra)}
		}},
		{"a writer of A, then R(A)L(B) L(B)R(A)", lockorder.Potential, func(l *locks) parts {
			return parts{nesting(&l.ra), nesting(l.ra.RLocker(), &l.b), nesting(&l.b, l.ra.RLocker())}
		}},
		{"R(A)L(B) twice and a writer of A", nothing, func(l *locks) parts {
			return parts{nesting(l.ra.RLocker(), &l.b), nesting(l.ra.RLocker(), &l.b), nesting(&l.ra)}
		}},
		{"RR RR", lockorder.NeedsWriter, func(l *locks) parts {
			return parts{nesting(l.ra.RLocker(), l.rb.RLocker()), nesting(l.rb.RLocker(), l.ra.RLocker())}
		}},
		{"RR RR and a writer of A", lockorder.NeedsWriter, func(l *locks) parts {
			return parts{nesting(l.ra.RLocker(), l.rb.RLocker()), nesting(l.rb.RLocker(), l.ra.RLocker()), nesting(&l.ra)}
		}},
		{"RR RR and writers of both", lockorder.Potential, func(l *locks) parts {
			return parts{
				nesting(l.ra.RLocker(), l.rb.RLocker()), nesting(l.rb.RLocker(), l.ra.RLocker()),
				nesting(&l.ra), nesting(&l.rb),
			}
		}},
		{"RR in one order and writers of both", nothing, func(l *locks) parts {
			return parts{
				nesting(l.ra.RLocker(), l.rb.RLocker()), nesting(l.ra.RLocker(), l.rb.RLocker()),
				nesting(&l.ra), nesting(&l.rb),
			}
		}},
		{"W1R2 W2R3 W3R1", lockorder.Potential, func(l *locks) parts {
			return parts{nesting(&l.ra, l.rb.RLocker()), nesting(&l.rb, l.rc.RLocker()), nesting(&l.rc, l.ra.RLocker())}
		}},
		{"W1R2 W2R3 W1R3", nothing, func(l *locks) parts {
			return parts{nesting(&l.ra, l.rb.RLocker()), nesting(&l.rb, l.rc.RLocker()), nesting(&l.ra, l.rc.RLocker())}
		}},
	})
}

// The order that RLocker takes is the one that RLock takes.
func TestReadLockerIsTheReadSide(t *testing.T) {
	var l locks
	w := detect(t)
	inTurn(nesting(l.ra.RLocker(), &l.b), func() {
		l.b.Lock()
		l.ra.Lock()
		l.ra.Unlock()
		l.b.Unlock()
	})
	r := w.Only(lockorder.Potential)
	require.Len(t, r.Edges, 2)

	w = detect(t)
	inTurn(nesting(l.rc.RLocker(), &l.d), func() {
		l.rc.RLock()
		l.d.Lock()
		l.d.Unlock()
		l.rc.RUnlock()
	})
	w.Want(nothing)
}
