// Intent: what _FORTIFY_SOURCE makes of calls is hooked like the plain call.
// RUN: %clang %with_pass -O2 -D_FORTIFY_SOURCE=2 -c %s -o %t.o
// RUN: llvm-nm -u %t.o | FileCheck %s
// RUN: %clang %with_pass -O2 -D_FORTIFY_SOURCE=3 -c %s -o %t.o
// RUN: llvm-nm -u %t.o | FileCheck %s
#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

// CHECK-NOT: {{ (__)?(open|openat|ppoll)(64)?(_2|_chk)?$}}
// CHECK-DAG: U __ckpt_{{open|__open_2}}
// CHECK-DAG: U __ckpt_{{openat|__openat_2}}
// CHECK-DAG: U __ckpt_ppoll
// CHECK-NOT: {{ (__)?(open|openat|ppoll)(64)?(_2|_chk)?$}}
int f(const char *path, int flags, struct pollfd *fds, int n) {
  return open(path, flags) + open(path, O_CREAT, 0600) + openat(3, path, flags) +
         openat(3, path, flags, 0600) + ppoll(fds, n, 0, 0);
}
