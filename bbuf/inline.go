package bbuf

// The compiler hands on the bodies of the small functions of other packages, so that whoever uses a Buffer inlines them
// too, only if they are inlined here; and what is generic is compiled here only if it is used here.
var (
	_ = (*Buffer[int]).Put
	_ = (*Buffer[int]).Get
	_ = (*Buffer[int]).PutN
	_ = (*Buffer[int]).GetN
)
