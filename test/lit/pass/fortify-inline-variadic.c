// Intent: an inline wrapper that reads variable arguments cannot be inlined
// whatever its header says: a call of it is one of the hook.
// RUN: %clang %with_pass -O0 -S -emit-llvm %s -o - | FileCheck %s
// RUN: %clang %with_pass -O2 -S -emit-llvm %s -o - | FileCheck %s
#include <stdarg.h>

extern int __open_2(const char *path, int flags);
extern inline __attribute__((gnu_inline, always_inline)) int open(
    const char *path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  va_end(arguments);
  return __open_2(path, flags);
}

// CHECK-LABEL: define{{.*}} @f(
// CHECK: call i32 (ptr, i32, ...) @__ckpt_open(ptr
int f(const char *path) { return open(path, 1, 2); }
