// Intent: a static function with the name of a hook is the program's own.
// RUN: %clang %with_pass -fno-builtin -O0 -S -emit-llvm %s -o - | FileCheck %s

// CHECK: call i32 @kill(i32
// CHECK: define internal i32 @kill(i32
// CHECK-NOT: __ckpt_kill
static int kill(int fd) { return fd; }

int f(int fd) { return kill(fd); }
