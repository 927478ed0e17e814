// Intent: a call through a declaration without a prototype is rewritten.
// RUN: %clang %with_pass -std=c89 -w -O0 -S -emit-llvm %s -o - | FileCheck %s
int close();

int f(void) {
  // CHECK: call i32 (i32, ...) @__ckpt_close(i32 {{.*}}1)
  close(1);
  // CHECK: call i32 (ptr, i32, ...) @__ckpt_open(ptr {{.*}}, i32 {{.*}}0)
  return open("/dev/null", 0);
}
