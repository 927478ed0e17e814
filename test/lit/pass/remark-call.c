// Intent: -Rpass=ckpt names each rewritten call with its line, with and without
// debug info and at every level.
// RUN: %clang %with_pass -O0 -Rpass=ckpt -c %s -o %t.o 2>&1 | FileCheck %s
// RUN: %clang %with_pass -O2 -Rpass=ckpt -c %s -o %t.o 2>&1 | FileCheck %s
// RUN: %clang %with_pass -O2 -g -Rpass=ckpt -c %s -o %t.o 2>&1 | FileCheck %s
#include <unistd.h>

int f(int fd) {
  // CHECK-DAG: remark-call.c:[[@LINE+1]]:10: remark: call to dup goes through the checkpoint runtime [-Rpass=ckpt]
  return dup(fd)
  // CHECK-DAG: remark-call.c:[[@LINE+1]]:12: remark: call to close goes through the checkpoint runtime [-Rpass=ckpt]
         + close(fd);
}
