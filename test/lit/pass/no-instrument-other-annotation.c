// Intent: an annotation of another kind means nothing to the pass.
// RUN: %clang %with_pass -O0 -S -emit-llvm %s -o - | FileCheck %s
#include <unistd.h>

// CHECK: call i32 @__ckpt_close(i32
__attribute__((annotate("ckpt.no_instrument.not"))) int f(int fd) {
  return close(fd);
}
