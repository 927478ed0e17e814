// Intent: a weakref, a name of the file's own for a function that may be there,
// as libstdc++ has them, refers weakly to the hook.
// RUN: %clang %with_pass -O0 -S -emit-llvm %s -o - | FileCheck %s
#include <pthread.h>

static __typeof(pthread_mutex_lock) lock_if_there
    __attribute__((weakref("pthread_mutex_lock")));

// CHECK: icmp ne ptr @__ckpt_pthread_mutex_lock, null
// CHECK: call i32 @__ckpt_pthread_mutex_lock(
int f(pthread_mutex_t *mutex) {
  return lock_if_there ? lock_if_there(mutex) : 0;
}
// CHECK: declare extern_weak i32 @__ckpt_pthread_mutex_lock(ptr
