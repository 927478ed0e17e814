// Intent: an inline definition in C++ is emitted by whoever uses it: the
// program's own.
// RUN: %clangxx %with_pass -fno-builtin -O0 -S -emit-llvm %s -o - | FileCheck %s
extern "C" inline int close(int fd) { return fd; }

// CHECK: call {{.*}}i32 @close(i32
// CHECK: define linkonce_odr {{.*}}i32 @close(i32
// CHECK-NOT: __ckpt_close
int f(int fd) { return close(fd); }
