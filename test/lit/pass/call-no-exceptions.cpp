// Intent: C++ built without exceptions is rewritten like any other.
// RUN: %clangxx %with_pass -fno-exceptions -O2 -S -emit-llvm %s -o - | FileCheck %s
#include <unistd.h>

struct Guard {
  ~Guard();
};

unsigned f() {
  Guard guard;
  // CHECK: call i32 @__ckpt_sleep(i32 {{.*}}1)
  return sleep(1);
}
