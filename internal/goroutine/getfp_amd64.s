//go:build gc && !interlock_portable

#include "textflag.h"

// func getfp() uintptr
TEXT ·getfp(SB), NOSPLIT|NOFRAME, $0-8
	MOVQ BP, ret+0(FP)
	RET
