// Intent: a header's inline wrapper that calls the function of its own name
// through an assembler label comes down to calls of the hook.
// RUN: %clang %with_pass -O0 -c %s -o %t.o
// RUN: llvm-nm -u %t.o | FileCheck %s
// RUN: %clang %with_pass -O2 -c %s -o %t.o
// RUN: llvm-nm -u %t.o | FileCheck %s
extern int close(int fd);
extern int close_alias(int fd) __asm__("close");
extern inline __attribute__((gnu_inline, always_inline)) int close(int fd) {
  return fd < 0 ? -1 : close_alias(fd);
}

// CHECK-NOT: {{ close$}}
// CHECK: U __ckpt_close
// CHECK-NOT: {{ close$}}
int f(int fd) { return close(fd); }
