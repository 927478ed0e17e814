// Intent: with -fvisibility=hidden the hook is still looked for outside the
// object: a reference that the linker resolves in the runtime.
// RUN: %clang %with_pass -fvisibility=hidden -O2 -c %s -o %t.o
// RUN: llvm-readelf -sW %t.o | FileCheck %s
#include <unistd.h>

// CHECK-DAG: GLOBAL HIDDEN {{.*}} f{{$}}
// CHECK-DAG: GLOBAL DEFAULT UND __ckpt_close{{$}}
int f(int fd) { return close(fd); }
