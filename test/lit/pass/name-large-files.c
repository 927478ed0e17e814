// Intent: with -D_FILE_OFFSET_BITS=64 the headers turn open into open64 by an
// assembler label: the hook is the one of open64.
// RUN: %clang %with_pass -D_FILE_OFFSET_BITS=64 -O2 -S -emit-llvm %s -o - | FileCheck %s
// RUN: %clang %with_pass -D_FILE_OFFSET_BITS=64 -D_FORTIFY_SOURCE=2 -O2 -S -emit-llvm %s -o - | FileCheck %s
#include <fcntl.h>
#include <stdio.h>

// CHECK: @pointer = {{.*}}ptr @__ckpt_openat64
int (*pointer)(int, const char *, int, ...) = openat;

int f(const char *path) {
  // CHECK: call i32 (ptr, i32, ...) @__ckpt_open64(
  // CHECK: call i32 @__ckpt_creat64(
  // CHECK: call {{.*}}ptr @__ckpt_fopen64(
  return open(path, O_RDONLY) + creat(path, 0600) + !fopen(path, "r");
}
