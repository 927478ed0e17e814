// Intent: a file that only calls main gets nothing.
// RUN: %clang %with_pass -O0 -S -emit-llvm %s -o - | FileCheck %s
int main(int, char **);

// CHECK: call i32 @main(
// CHECK-NOT: __ckpt_main_init
int f(char **argv) { return main(0, argv); }
