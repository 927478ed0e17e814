// Intent: an inline definition that is only a hint stands for the function that
// another file defines: a call of it is one of the hook.
// RUN: %clang %with_pass -fno-builtin -O0 -S -emit-llvm %s -o - | FileCheck %s
// RUN: %clang %with_pass -fno-builtin -O2 -S -emit-llvm %s -o - | FileCheck %s
inline int close(int fd) { return fd; }

// CHECK-NOT: @close
// CHECK: call i32 @__ckpt_close(i32
// CHECK-NOT: @close
int f(int fd) { return close(fd); }
