/* thread_start.c - see thread_start.h. */

#include "hooks/thread_start.h"

static void End(void** slot) { __ckpt_thread_end(*slot); }

__attribute__((visibility("hidden"))) void* __ckpt_thread_start(
    void* argument) {
  __attribute__((cleanup(End))) void* slot = argument;
  const struct CkptThreadStart start = __ckpt_thread_begin(slot);
  return start.routine(start.argument);
}

__attribute__((visibility("hidden"))) int __ckpt_c11_thread_start(
    void* argument) {
  __attribute__((cleanup(End))) void* slot = argument;
  const struct CkptThreadStart start = __ckpt_thread_begin(slot);
  return ((int (*)(void*))(void (*)(void))start.routine)(start.argument);
}
