// Intent: an alias with the name of a hook is a definition too.
// RUN: %clang %with_pass -fno-builtin -O0 -S -emit-llvm %s -o - | FileCheck %s
int my_close(int fd) { return fd; }

// CHECK: @close = {{.*}}alias i32 (i32), ptr @my_close
int close(int fd) __attribute__((alias("my_close")));

// CHECK: call i32 @close(i32
// CHECK-NOT: __ckpt_close
int f(int fd) { return close(fd); }
