// Intent: a weak definition is a definition.
// RUN: %clang %with_pass -fno-builtin -O0 -S -emit-llvm %s -o - | FileCheck %s

// CHECK: define weak{{.*}} i32 @close(i32
// CHECK: call i32 @close(i32
// CHECK-NOT: __ckpt_close
__attribute__((weak)) int close(int fd) { return fd; }

int f(int fd) { return close(fd); }
