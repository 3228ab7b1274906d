package house

import (
	"fmt"
	"slices"
	"strings"
)

// A Layer says what the packages in some folders may import from the module.
// Paths are relative to the module; a path stands for the package and
// everything below it, and "*" for the whole module.
type Layer struct {
	Packages []string
	May      []string
	MayNot   []string // taken out of May
}

// Imports reports every import inside module that the layers do not allow. The
// first layer with the package decides, so exceptions stand before their rule.
func Imports(module string, layers []Layer, packages []Package) []Breach {
	var breaches []Breach
	for _, p := range packages {
		from, ok := inModule(module, p.ImportPath)
		if !ok {
			continue
		}
		i := slices.IndexFunc(layers, func(l Layer) bool { return covers(l.Packages, from) })
		if i < 0 {
			breaches = append(breaches, Breach{p.ImportPath, "belongs to no layer; give it a row in the table of layers"})
			continue
		}
		for _, imported := range p.Imports {
			to, ok := inModule(module, imported)
			if ok && (!covers(layers[i].May, to) || covers(layers[i].MayNot, to)) {
				breaches = append(breaches, Breach{p.ImportPath, "must not import " + imported})
			}
		}
	}
	return breaches
}

// Dependencies reports what must not come with roots, which are import paths:
// cgo, the packages in forbidden, and everything outside the standard library
// and module.
func Dependencies(module string, roots, forbidden []string, packages []Package) []Breach {
	byPath := make(map[string]Package, len(packages))
	for _, p := range packages {
		byPath[p.ImportPath] = p
	}
	var breaches []Breach
	for _, root := range roots {
		if _, ok := byPath[root]; !ok {
			breaches = append(breaches, Breach{root, "is not among the packages"})
			continue
		}
		for _, path := range reach(byPath, root) {
			p := byPath[path[len(path)-1]]
			_, own := inModule(module, p.ImportPath)
			if bad := slices.Contains(forbidden, p.ImportPath) || len(p.CgoFiles) > 0; bad || !own && !p.Standard {
				breaches = append(breaches, Breach{root, fmt.Sprintf("pulls in %s", strings.Join(path[1:], " → "))})
			}
		}
	}
	return breaches
}

// reach returns a shortest import path from root to each package in its
// dependencies, root first.
func reach(byPath map[string]Package, root string) [][]string {
	seen := map[string]bool{root: true}
	paths := [][]string{{root}}
	for i := 0; i < len(paths); i++ {
		for _, next := range byPath[paths[i][len(paths[i])-1]].Imports {
			if !seen[next] {
				seen[next] = true
				paths = append(paths, append(slices.Clone(paths[i]), next))
			}
		}
	}
	return paths
}

func inModule(module, path string) (rel string, ok bool) {
	if path == module {
		return ".", true
	}
	return strings.CutPrefix(path, module+"/")
}

func covers(paths []string, rel string) bool {
	return slices.ContainsFunc(paths, func(p string) bool {
		return p == "*" || p == rel || strings.HasPrefix(rel, p+"/")
	})
}

// Below returns the import paths of the packages in the module's folders dirs,
// without the ones in except, which are relative to the module.
func Below(module string, dirs []string, except map[string]string, packages []Package) []string {
	var paths []string
	for _, p := range packages {
		rel, ok := inModule(module, p.ImportPath)
		if _, excepted := except[rel]; ok && !excepted && covers(dirs, rel) {
			paths = append(paths, p.ImportPath)
		}
	}
	return paths
}
