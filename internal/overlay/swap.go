package overlay

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strconv"
)

// SwapImport returns src with each import of the package from replaced by one
// of the package to, under the name that the file already uses: a plain import
// gets the last element of from as its name, a renamed or dot import keeps its
// own. A blank import stays, for it asks for a package's init and no name. No
// other byte changes, so that lines, //line and //go: directives, and the
// comment before import "C" stay what and where they are.
//
// It returns nil when there is nothing to replace, and an error when src has no
// valid import section.
func SwapImport(src []byte, from, to string) ([]byte, error) {
	if !bytes.Contains(src, []byte(from)) { // most files: not worth parsing
		return nil, nil
	}
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, "", src, parser.ImportsOnly|parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	name := from[bytes.LastIndexByte([]byte(from), '/')+1:]

	out, end := []byte(nil), 0
	for _, spec := range imports(file) {
		path, err := strconv.Unquote(spec.Path.Value)
		if err != nil || path != from || spec.Name != nil && spec.Name.Name == "_" {
			continue
		}
		start := files.File(spec.Pos()).Offset(spec.Path.Pos()) // of the bytes, whatever //line says
		out = append(out, src[end:start]...)
		if spec.Name == nil {
			if bytes.HasSuffix(out, []byte("import")) { // import"sync"
				out = append(out, ' ')
			}
			out = append(out, name+" "...)
		}
		out = strconv.AppendQuote(out, to)
		end = start + len(spec.Path.Value)
	}
	if out == nil {
		return nil, nil
	}
	return append(out, src[end:]...), nil
}

// imports returns the import specs in the order of the text.
func imports(file *ast.File) []*ast.ImportSpec {
	return slices.SortedFunc(slices.Values(file.Imports), func(a, b *ast.ImportSpec) int {
		return int(a.Pos() - b.Pos())
	})
}
