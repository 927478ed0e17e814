// Intent: a variable that has the name of a hooked function is no function of
// the C library.
// RUN: %clang %with_pass -fno-builtin -O0 -S -emit-llvm %s -o - | FileCheck %s
extern int dup;

// CHECK: load i32, ptr @dup
// CHECK-NOT: __ckpt_dup
int f(void) { return dup; }
