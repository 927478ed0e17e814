// Intent: a call that may throw (an invoke in LLVM IR) goes to the hook and
// keeps its landing pad.
// RUN: %clangxx %with_pass -O0 -S -emit-llvm %s -o - | FileCheck %s
#include <unistd.h>

struct Guard {
  ~Guard();
};

unsigned f() {
  Guard guard;
  // CHECK: invoke i32 @__ckpt_sleep(i32 {{.*}}1)
  // CHECK-NEXT: unwind label
  return sleep(1);
}
