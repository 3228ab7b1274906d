package graphfile

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// frame is the number of a frame, given as the words of its line.
func (g *Graph) frame(words []byte) (uint32, error) {
	id, ok := g.frameSeq.guess()
	if !ok || g.frames[id].words != string(words) {
		id, ok = g.frameOf[string(words)]
	}
	var err error
	if !ok {
		id, err = g.newFrame(words)
	}
	if err == nil {
		g.frameSeq.came(id)
	}
	return id, err
}

func (g *Graph) newFrame(words []byte) (uint32, error) {
	f, err := parseFrame(words)
	if err != nil {
		return 0, err
	}
	if plain := appendFrame(nil, f); !bytes.Equal(plain, words) { // more quotes than needed
		id, err := g.frame(plain)
		if err == nil {
			g.frameOf[string(words)] = id
		}
		return id, err
	}
	position, ok := g.positions[f.Position()]
	if !ok {
		position = uint32(len(g.positions))
		g.positions[f.Position()] = position
	}
	id := uint32(len(g.frames))
	g.frames = append(g.frames, frame{f, position, string(words)})
	g.frameOf[g.frames[id].words] = id
	return id, nil
}

// hold is the number of a hold, given as type, mode and class in the words of its
// line and the frames of its stack. The type tells no two apart: a process that has
// met a lock only as a held one does not know it, and guesses.
func (g *Graph) hold(head []byte, stack []uint32) (uint32, error) {
	kind, rest, err := word(head)
	if err != nil {
		return 0, err
	}
	tell := min(len(stack), framesThatTell)
	g.key = append(g.key[:0], byte(tell))
	for _, f := range stack[:tell] {
		g.key = binary.LittleEndian.AppendUint32(g.key, g.frames[f].position)
	}
	g.key = append(g.key, rest...)
	id, ok := g.holdSeq.guess()
	if !ok || g.holds[id].key != string(g.key) {
		id, ok = g.holdOf[string(g.key)]
	}
	if !ok {
		h, err := parseHold(head, stack)
		if err != nil {
			return 0, err
		}
		if plain := appendHead(nil, h); !bytes.Equal(plain, head) { // more quotes than needed
			return g.hold(plain, stack)
		}
		id = uint32(len(g.holds))
		h.key = string(g.key)
		g.holds = append(g.holds, h)
		g.holdOf[h.key] = id
	}
	g.holdSeq.came(id)
	have := &g.holds[id]
	if have.kind != string(kind) {
		said, err := text(kind)
		if err != nil {
			return 0, err
		}
		have.kind = min(have.kind, said)
	}
	if !slices.Equal(have.stack, stack) && g.compareStacks(stack, have.stack) < 0 {
		have.stack = slices.Clone(stack)
	}
	return id, nil
}

func parseHold(head []byte, stack []uint32) (hold, error) {
	h, err := parseHead(head)
	if err == nil && h.class == "" && len(stack) == 0 {
		err = errors.New("a lock has neither a class nor a place")
	}
	h.stack = slices.Clone(stack)
	return h, err
}

func parseHead(head []byte) (h hold, err error) {
	for _, field := range []*string{&h.kind, &h.mode, &h.class} {
		if *field, head, err = textWord(head); err != nil {
			return h, err
		}
	}
	switch {
	case len(head) > 0:
		return h, errors.New("a hold has more than a type, a mode and a class")
	case h.mode != modeLock && h.mode != modeRLock:
		return h, fmt.Errorf("mode %q is neither Lock nor RLock", h.mode)
	}
	return h, nil
}

func (g *Graph) compareStacks(a, b []uint32) int {
	return slices.CompareFunc(a, b, func(a, b uint32) int { return compareFrames(g.frames[a].Frame, g.frames[b].Frame) })
}

func compareFrames(a, b Frame) int {
	return cmp.Or(strings.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), strings.Compare(a.Func, b.Func))
}
