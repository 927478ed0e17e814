// Intent: an instrumented module says so, also when it had nothing to rewrite.
// RUN: %clang %with_pass -O2 -S -emit-llvm %s -o - | FileCheck %s

// CHECK: !{i32 8, !"ckpt.instrumented", i32 1}
int f(void) { return 1; }
