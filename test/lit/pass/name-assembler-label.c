// Intent: the symbol counts, not the name in the source: a function labelled as
// a hooked one is hooked, and a hooked name labelled as another is not.
// RUN: %clang %with_pass -fno-builtin -O0 -S -emit-llvm %s -o - | FileCheck %s
int my_close(int fd) __asm__("close");
int dup(int fd) __asm__("my_dup");

// CHECK: call i32 @my_dup(
// CHECK: call i32 @__ckpt_close(
int f(int fd) { return my_close(dup(fd)); }
