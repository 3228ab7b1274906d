package main

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
)

const (
	models  = 6   // there are, named model-0 and so on
	width   = 96  // of all layers, inputs and outputs
	layers  = 4   // of a model
	allRows = 512 // in the data set
)

// model is a multi-layer perceptron: each layer multiplies by its weights and cuts off what is negative.
type model struct {
	weights [layers][]float32 // row by row
}

// apply computes the output for an input. It calls between after each layer.
func (m *model) apply(in []float32, between func()) []float32 {
	for _, w := range m.weights {
		out := make([]float32, width)
		for i := range out {
			sum := float32(0)
			for j, x := range in {
				sum += w[i*width+j] * x
			}
			out[i] = max(0, sum)
		}
		in = out
		between()
	}
	return in
}

// readModel reads a model's file.
func readModel(dir, name string) (*model, error) {
	numbers, err := readFloats(filepath.Join(dir, filepath.Base(name)+".weights"))
	if err != nil {
		return nil, err
	}
	if len(numbers) != layers*width*width {
		return nil, fmt.Errorf("%s has %d weights", name, len(numbers))
	}
	m := &model{}
	for i := range m.weights {
		m.weights[i] = numbers[i*width*width:][:width*width]
	}
	return m, nil
}

func modelName(i int) string { return fmt.Sprintf("model-%d", i) }

func dataFile(dir string) string { return filepath.Join(dir, "rows.data") }

// writeFiles makes the files of all models and of the data set.
func writeFiles(dir string) error {
	for i := range models {
		name := filepath.Join(dir, modelName(i)+".weights")
		if err := writeFloats(name, layers*width*width, uint64(i)); err != nil {
			return err
		}
	}
	return writeFloats(dataFile(dir), allRows*width, models)
}

// writeFloats writes n random numbers around 0, small enough that a sum over a layer stays about as large as its inputs.
func writeFloats(name string, n int, seed uint64) error {
	r := rand.New(rand.NewPCG(seed, 1))
	b := make([]byte, 0, 4*n)
	for range n {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(float32(r.NormFloat64())*0.15))
	}
	return os.WriteFile(name, b, 0o600)
}

func readFloats(name string) ([]float32, error) {
	b, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	return floats(b), nil
}

func floats(b []byte) []float32 {
	all := make([]float32, len(b)/4)
	for i := range all {
		all[i] = math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:]))
	}
	return all
}
