// Intent: inlining does not blur the border: each call goes where the function
// it was written in wants it.
// RUN: %clang %with_pass -I%include -O2 -S -emit-llvm %s -o - | FileCheck %s
#include <checkpoint.h>
#include <unistd.h>

CHECKPOINT_NO_INSTRUMENT static inline int left_alone(int fd) {
  return close(fd);
}

// CHECK-LABEL: define{{.*}} @f(
// CHECK: call i32 @close(i32
// CHECK: call i32 @__ckpt_close(i32
int f(int fd) { return left_alone(fd) + close(fd + 1); }
