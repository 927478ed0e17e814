// Intent: -Rpass-missed=ckpt names calls of syscall().
// RUN: %clang %with_pass -O2 -Rpass-missed=ckpt -c %s -o %t.o 2>&1 | FileCheck %s
#include <sys/syscall.h>
#include <unistd.h>

long f(void) {
  // CHECK: remark-syscall.c:[[@LINE+1]]:10: remark: call to syscall: a raw system call is not seen by the checkpoint runtime [-Rpass-missed=ckpt]
  return syscall(SYS_gettid);
}
