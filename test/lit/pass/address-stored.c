// Intent: an address taken in a function is the hook's, wherever it goes.
// RUN: %clang %with_pass -O0 -S -emit-llvm %s -o - | FileCheck %s
#include <unistd.h>

int use(int (*)(int));

// CHECK-NOT: {{@close[^a-z_]}}
int f(int which) {
  // CHECK: store ptr @__ckpt_close, ptr
  int (*stored)(int) = close;
  // CHECK: call i32 @use(ptr {{.*}}@__ckpt_close)
  use(close);
  // CHECK: select i1 {{.*}}, ptr @__ckpt_close, ptr @__ckpt_dup
  return (which ? close : dup)(stored(1));
}
// CHECK-NOT: {{@close[^a-z_]}}
