// Package lockclass finds out, by go/types, what the locks of a program are
// called in its source, and which packages have to change their locks together.
//
// # Classes
//
// The class of a lock is where its source declares it: a field of a named type
// ("import/path.Type.field"), a variable of a package ("import/path.name") or of
// a function ("import/path.function.name"). Each call of Lock and its like whose
// operand leads to such a declaration is a [Site]: a position and a class. What
// the operand does not lead to a declaration for — an interface, a parameter, a
// pointer that a field or a call has given — has no class, and the detector goes
// by the instance there.
//
// The running program is told by a table from positions to classes (package
// classfile). The detector looks a position up when a lock takes part in an order
// that it does not know yet, so the fast paths pay nothing, and the rule, which
// knows classes, keeps what no evaluation after the run could have: which
// goroutines took an order, which instances were gates, which phase it was; its
// memory is bounded by the program's text and not by the number of its locks.
// Compiling the table into the program instead would rebuild every package that
// depends on it whenever a line moves.
//
// # Boundaries
//
// With its locks replaced, a package has other types than one that keeps sync's.
// [Check] type-checks the packages as the compiler will see them. An error that the
// source as it is does not have marks a lock that crosses from one kind of package
// to the other; the two then change together or stay together.
package lockclass
