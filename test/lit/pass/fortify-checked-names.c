// Intent: the names that a fortified open is redirected to are hooked: a build
// with another C library's headers may use them.
// RUN: %clang %with_pass -O2 -S -emit-llvm %s -o - | FileCheck %s
extern int __open_2(const char *path, int flags);
extern int __openat64_2(int fd, const char *path, int flags);
extern int redirected(const char *path, int flags) __asm__("__open64_2");

int f(const char *path, int flags) {
  // CHECK: call i32 @__ckpt___open_2(
  // CHECK: call i32 @__ckpt___open64_2(
  // CHECK: call i32 @__ckpt___openat64_2(
  return __open_2(path, flags) + redirected(path, flags) +
         __openat64_2(3, path, flags);
}
