// Intent: in C++ only the C library's function is hooked, not a method or a
// function in a namespace of the same name.
// RUN: %clangxx %with_pass -O0 -S -emit-llvm %s -o - | FileCheck %s
#include <unistd.h>

namespace files {
int close(int fd);
}
struct File {
  int close();
};

int f(File &file) {
  // CHECK: call {{.*}}i32 @_ZN4File5closeEv(
  // CHECK: call {{.*}}i32 @_ZN5files5closeEi(
  // CHECK: call {{.*}}i32 @__ckpt_close(
  return file.close() + files::close(1) + ::close(2);
}
