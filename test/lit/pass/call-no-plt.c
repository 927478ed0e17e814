// Intent: -fno-plt, an attribute of the declaration, holds for the hook.
// RUN: %clang %with_pass -fPIC -fno-plt -O2 -c %s -o %t.o
// RUN: llvm-objdump -dr --no-show-raw-insn %t.o | FileCheck %s
#include <unistd.h>

// CHECK: <f>:
// CHECK: callq *
// CHECK-NEXT: GOTPCREL{{.*}}__ckpt_close
int f(int fd) { return close(fd) + 1; }
