// Intent: the undefined behaviour sanitizer, which needs no runtime of its own
// kind, does not keep the pass away.
// RUN: %clang %with_pass -fsanitize=undefined -O0 -S -emit-llvm %s -o - | FileCheck %s
int close(int);

// CHECK: call i32 @__ckpt_close(
int f(int fd) { return close(fd + 1); }
