// Intent: <checkpoint.h> is found, the program's own file of that name wins, and
// nothing else is in the directory that is searched for it.
//
// RUN: rm -rf %t && mkdir %t
// RUN: %ckpt_cc -Werror -fsyntax-only %s
// RUN: %ckpt_cxx -Werror -fsyntax-only -x c++ %s
// RUN: %ckpt_cc -Werror -E %s -o %t/out.i
// RUN: %ckpt_cc -M %s | FileCheck %s
// RUN: echo '#define OWN 1' > %t/checkpoint.h
// RUN: %ckpt_cc -Werror -idirafter %t -DEXPECT_OWN -fsyntax-only %s
// RUN: not %ckpt_cc -fsyntax-only -DOTHER %s
//
// CHECK: checkpoint.h
#include <checkpoint.h>
#ifdef OTHER
#include <ckpt/abi.h>
#endif
#ifdef EXPECT_OWN
_Static_assert(OWN == 1, "the program's own header");
#else
int use(void);
int use(void) { return checkpoint_generation(); }
#endif
