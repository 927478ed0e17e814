// thread_start.h - the first function of a hooked thread, in C because its
// cleanup must also run when the thread is cancelled or calls pthread_exit: the
// rest of the runtime is built without exceptions.

#ifndef CKPT_HOOKS_THREAD_START_H
#define CKPT_HOOKS_THREAD_START_H

#ifdef __cplusplus
extern "C" {
#endif

// What is given to pthread_create and to thrd_create; the argument is a slot of
// the thread registry.
void* __ckpt_thread_start(void* slot);
int __ckpt_c11_thread_start(void* slot);

// For thread_start.c: takes the slot over, and leaves it.
struct CkptThreadStart {
  void* (*routine)(void*);  // of a C11 thread: int (*)(void*)
  void* argument;
};
struct CkptThreadStart __ckpt_thread_begin(void* slot);
void __ckpt_thread_end(void* slot);

#ifdef __cplusplus
}
#endif

#endif
