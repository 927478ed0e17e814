// Intent: the mark works on C++ methods, lambdas' surroundings and templates.
// RUN: %clangxx %with_pass -I%include -O0 -S -emit-llvm %s -o - | FileCheck %s
#include <checkpoint.h>
#include <unistd.h>

struct File {
  CHECKPOINT_NO_INSTRUMENT int close() { return ::close(fd); }
  int reopen() { return ::dup(fd); }
  int fd;
};

template <typename T>
CHECKPOINT_NO_INSTRUMENT int close_any(T fd) {
  return ::close(fd);
}

int f(File &file) { return file.close() + file.reopen() + close_any(1L); }

// CHECK-LABEL: define{{.*}} @_ZN4File5closeEv(
// CHECK: call i32 @close(i32
// CHECK-LABEL: define{{.*}} @_ZN4File6reopenEv(
// CHECK: call i32 @__ckpt_dup(i32
// CHECK-LABEL: define{{.*}} @_Z9close_any
// CHECK: call i32 @close(i32
