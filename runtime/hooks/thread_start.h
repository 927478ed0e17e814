// thread_start.h - the first function of a hooked thread, in C because its
// cleanup must also run when the thread is cancelled or calls pthread_exit: the
// rest of the runtime is built without exceptions.

#ifndef CKPT_HOOKS_THREAD_START_H
#define CKPT_HOOKS_THREAD_START_H

#ifdef __cplusplus
extern "C" {
#endif

// Argument of pthread_create: a slot of the thread registry.
void* __ckpt_thread_start(void* slot);

// For thread_start.c: takes the slot over, and gives it back.
struct CkptThreadStart {
  void* (*routine)(void*);
  void* argument;
};
struct CkptThreadStart __ckpt_thread_begin(void* slot);
void __ckpt_thread_end(void* slot);

#ifdef __cplusplus
}
#endif

#endif
