// Intent: a main that wants to be left alone gets no call either.
// RUN: %clang %with_pass -I%include -O0 -S -emit-llvm %s -o - | FileCheck %s
#include <checkpoint.h>

// CHECK: define{{.*}} i32 @main(
// CHECK-NOT: __ckpt_main_init
CHECKPOINT_NO_INSTRUMENT int main(int argc, char **argv) {
  (void)argv;
  return argc;
}
