// relock.h - gives locks to the threads that held them, under the ids that the
// threads have now (the paper's relocking, section 3.5 step 12, in its two
// phases). World stopped, after a restart.
//
// The paper unlocks before a checkpoint and locks again after it. Here a lock
// word keeps its value through the restart, and only what is written in it or
// beside it in terms of a thread id must follow the thread: nothing at all under
// the same ids.

#ifndef CKPT_CORE_RELOCK_H
#define CKPT_CORE_RELOCK_H

#include <stdint.h>

namespace ckpt::core {

// Coordinator only. `stop` is the stop that the threads are parked in.
void Relock(uint32_t stop);

// True if a lock of this kind (glibc's __kind) can be carried to new thread ids
// while a thread is inside pthread_mutex_lock or unlock for it: the C library
// may hold the old id in a register there.
constexpr bool KindMovesInFlight(uint32_t kind) {
  const uint32_t type = kind & 127;
  return type == 0 || type == 3;  // normal, adaptive: the owner is never read
}

}  // namespace ckpt::core

#endif
