// Intent: the address of a hooked function is one and the same in comparisons
// within a program: all of them are with the hook.
// RUN: %clang %with_pass -O0 -S -emit-llvm %s -o - | FileCheck %s
#include <unistd.h>

// CHECK: icmp eq ptr {{.*}}, @__ckpt_close
int is_close(int (*function)(int)) { return function == close; }

// CHECK: ret ptr @__ckpt_close
void *get_close(void) { return close; }
