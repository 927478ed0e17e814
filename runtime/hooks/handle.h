// handle.h - the thread behind a pthread_t.

#ifndef CKPT_HOOKS_HANDLE_H
#define CKPT_HOOKS_HANDLE_H

#include <pthread.h>
#include <stdint.h>
#include <time.h>

namespace ckpt::hooks {

// The kernel's id of a thread in *tid; 0, or ESRCH if it has ended.
inline int ThreadOf(pthread_t thread, int32_t* tid) {
  clockid_t clock;
  const int r = pthread_getcpuclockid(thread, &clock);
  // The kernel's ABI of such clocks: the id, inverted, above three bits.
  if (r == 0) *tid = ~(clock >> 3);
  return r;
}

}  // namespace ckpt::hooks

#endif
