// Intent: the hook is declared with the type and the attributes of the function.
// RUN: %clang %with_pass -O0 -S -emit-llvm %s -o - | FileCheck %s
#include <pthread.h>
#include <unistd.h>

void f(pthread_mutex_t *mutex) {
  pthread_mutex_unlock(mutex);
  pthread_exit(0);
}

// CHECK: declare i32 @__ckpt_pthread_mutex_unlock(ptr noundef) #[[NOTHROW:[0-9]+]]
// CHECK: declare void @__ckpt_pthread_exit(ptr noundef) #[[NORETURN:[0-9]+]]
// CHECK: attributes #[[NOTHROW]] = { nounwind
// CHECK: attributes #[[NORETURN]] = { noreturn
