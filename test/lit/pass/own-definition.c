// Intent: a program's own function with the name of a hook, and calls of it,
// are left alone.
// RUN: %clang %with_pass -fno-builtin -O0 -S -emit-llvm %s -o - | FileCheck %s

// CHECK: @pointer = {{.*}}global ptr @close
// CHECK: define{{.*}} i32 @close(i32
int close(int fd) { return fd; }

int (*pointer)(int) = close;

// CHECK: call i32 @close(i32
// CHECK-NOT: __ckpt_close
int f(int fd) { return close(fd); }
