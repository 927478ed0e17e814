// Intent: a call through a pointer to a hooked function is one of the hook,
// also where the optimiser makes a direct call of it.
// RUN: %clang %with_pass -O2 -S -emit-llvm %s -o - | FileCheck %s
#include <unistd.h>

static int (*const functions[])(int) = {close, dup};

// CHECK: call i32 @__ckpt_dup(i32
int f(int fd) { return functions[1](fd) + 1; }
