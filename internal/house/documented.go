package house

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path"
	"strings"
)

// Documented reports the exported names of one file that have no comment:
// declarations, methods of exported types, fields of structs and methods of
// interfaces. A comment on a group of constants or variables covers the group.
func Documented(name string, content []byte) ([]Breach, error) {
	if path.Ext(name) != ".go" || strings.HasSuffix(name, "_test.go") {
		return nil, nil
	}
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, name, content, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	var breaches []Breach
	check := func(id *ast.Ident, comments ...*ast.CommentGroup) {
		for _, c := range comments {
			if c.Text() != "" { // empty for a group of directives only
				return
			}
		}
		if id.IsExported() {
			breaches = append(breaches, at(fset.Position(id.Pos()), "%s is exported and not documented", id.Name))
		}
	}
	for _, d := range file.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Recv == nil || receiverExported(d) {
				check(d.Name, d.Doc)
			}
		case *ast.GenDecl:
			for _, s := range d.Specs {
				documentedSpec(d, s, check)
			}
		}
	}
	return breaches, nil
}

func documentedSpec(d *ast.GenDecl, s ast.Spec, check func(*ast.Ident, ...*ast.CommentGroup)) {
	switch s := s.(type) {
	case *ast.ValueSpec:
		for _, id := range s.Names {
			check(id, d.Doc, s.Doc, s.Comment)
		}
	case *ast.TypeSpec:
		if d.Lparen.IsValid() {
			check(s.Name, s.Doc, s.Comment)
		} else {
			check(s.Name, d.Doc, s.Comment)
		}
		if s.Name.IsExported() {
			documentedMembers(s.Type, check)
		}
	}
}

func documentedMembers(typ ast.Expr, check func(*ast.Ident, ...*ast.CommentGroup)) {
	var members *ast.FieldList
	switch t := typ.(type) {
	case *ast.StructType:
		members = t.Fields
	case *ast.InterfaceType:
		members = t.Methods
	default:
		return
	}
	for _, m := range members.List {
		for _, id := range m.Names {
			check(id, m.Doc, m.Comment)
		}
	}
}

func receiverExported(f *ast.FuncDecl) bool {
	typ := f.Recv.List[0].Type
	for {
		switch t := typ.(type) {
		case *ast.StarExpr:
			typ = t.X
		case *ast.IndexExpr:
			typ = t.X
		case *ast.IndexListExpr:
			typ = t.X
		case *ast.Ident:
			return t.IsExported()
		default:
			return false
		}
	}
}

// HasPackageComment reports whether the file carries its package's comment.
func HasPackageComment(content []byte) bool {
	file, err := parser.ParseFile(token.NewFileSet(), "", content, parser.PackageClauseOnly|parser.ParseComments)
	return err == nil && file.Doc.Text() != ""
}
