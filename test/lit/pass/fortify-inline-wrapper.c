// Intent: a header's always_inline wrapper keeps its checks: its body is inlined
// as the program wants it, what the body calls is hooked, and the address of
// the function is the hook's.
// RUN: %clang %with_pass -O0 -S -emit-llvm %s -o - | FileCheck %s
// RUN: %clang %with_pass -O2 -S -emit-llvm %s -o - | FileCheck %s
extern int __open_2(const char *path, int flags);
extern int creat(const char *path, unsigned mode);
extern void check(unsigned mode);
extern inline __attribute__((gnu_inline, always_inline)) int creat(
    const char *path, unsigned mode) {
  check(mode);
  return __open_2(path, 01101);
}

// CHECK-NOT: @creat
// CHECK: @pointer = {{.*}}ptr @__ckpt_creat
int (*pointer)(const char *, unsigned) = creat;

// CHECK: define{{.*}} @f(
// CHECK: call void @check(
// CHECK: call i32 @__ckpt___open_2(
int f(const char *path) { return creat(path, 0600); }
// CHECK-NOT: @creat
