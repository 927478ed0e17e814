// Intent: a weak declaration makes a weak hook, so that the question whether
// the function is there stays a question.
// RUN: %clang %with_pass -O0 -S -emit-llvm %s -o - | FileCheck %s
// RUN: %clang %with_pass -O2 -c %s -o %t.o
// RUN: llvm-nm %t.o | FileCheck %s --check-prefix=NM
#pragma weak pthread_create
#include <pthread.h>

int f(void *(*run)(void *)) {
  pthread_t thread;
  // CHECK: icmp ne ptr @__ckpt_pthread_create, null
  if (&pthread_create)
    // CHECK: call i32 @__ckpt_pthread_create(
    return pthread_create(&thread, 0, run, 0);
  return 0;
}
// CHECK: declare extern_weak i32 @__ckpt_pthread_create(
// NM: w __ckpt_pthread_create{{$}}
// NM-NOT: {{ pthread_create$}}
