// Intent: a direct call goes to the hook at every optimisation level.
// RUN: %clang %with_pass -O0 -S -emit-llvm %s -o - | FileCheck %s
// RUN: %clang %with_pass -O1 -S -emit-llvm %s -o - | FileCheck %s
// RUN: %clang %with_pass -O2 -S -emit-llvm %s -o - | FileCheck %s
// RUN: %clang %with_pass -O3 -S -emit-llvm %s -o - | FileCheck %s
// RUN: %clang %with_pass -Os -S -emit-llvm %s -o - | FileCheck %s
// RUN: %clang %with_pass -Oz -S -emit-llvm %s -o - | FileCheck %s
// RUN: %clang %with_pass -Og -S -emit-llvm %s -o - | FileCheck %s
// RUN: %clang %with_pass -Ofast -S -emit-llvm %s -o - | FileCheck %s
#include <fcntl.h>
#include <pthread.h>

// CHECK-NOT: {{@(open|pthread_mutex_lock)\(}}
// CHECK: define{{.*}} @f(
int f(pthread_mutex_t *mutex, const char *path) {
  // CHECK: call i32 @__ckpt_pthread_mutex_lock(ptr
  pthread_mutex_lock(mutex);
  // CHECK: call i32 (ptr, i32, ...) @__ckpt_open(ptr
  return open(path, O_RDONLY);
}
// CHECK-NOT: {{@(open|pthread_mutex_lock)\(}}
