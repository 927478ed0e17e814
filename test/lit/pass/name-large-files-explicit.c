// Intent: the large-file functions called by their own names are hooked.
// RUN: %clang %with_pass -D_LARGEFILE64_SOURCE -O2 -S -emit-llvm %s -o - | FileCheck %s
#include <fcntl.h>
#include <stdio.h>

int f(const char *path) {
  // CHECK: call i32 (ptr, i32, ...) @__ckpt_open64(
  // CHECK: call {{.*}}ptr @__ckpt_freopen64(
  return open64(path, O_RDONLY) + !freopen64(path, "r", stdin);
}
