// Intent: an executable linked with a library that uses the API still has the
// runtime, and exports the hooked names.
//
// RUN: rm -rf %t && mkdir %t
// RUN: %ckpt_cc -DLIB -shared -fPIC %s -o %t/libapi.so
// RUN: %ckpt_cc %s -L%t -lapi -Wl,-rpath,%t -o %t/prog
// RUN: nm -D --defined-only %t/prog | FileCheck %s
// RUN: %run %t/prog
//
// CHECK-DAG: checkpoint_init
// CHECK-DAG: {{[VW]}} open
#include <checkpoint.h>

int generation(void);
#ifdef LIB
int generation(void) { return checkpoint_generation(); }
#else
int main(void) { return generation(); }
#endif
