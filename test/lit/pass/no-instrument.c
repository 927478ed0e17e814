// Intent: calls and addresses in a function marked CHECKPOINT_NO_INSTRUMENT stay
// the C library's, those in other functions do not.
// RUN: %clang %with_pass -I%include -O0 -S -emit-llvm %s -o - | FileCheck %s
// RUN: %clang %with_pass -I%include -O2 -S -emit-llvm %s -o - | FileCheck %s
#include <checkpoint.h>
#include <unistd.h>

int use(int (*)(int));

// CHECK-LABEL: define{{.*}} @left_alone(
// CHECK: call i32 @close(i32
// CHECK: call i32 @use(ptr {{.*}}@close)
CHECKPOINT_NO_INSTRUMENT int left_alone(int fd) { return close(fd) + use(close); }

// CHECK-LABEL: define{{.*}} @ordinary(
// CHECK: call i32 @__ckpt_close(i32
// CHECK: call i32 @use(ptr {{.*}}@__ckpt_close)
int ordinary(int fd) { return close(fd) + use(close); }
