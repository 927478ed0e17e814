// relock.h - gives locks to the threads that held them, under the ids that the
// threads have now (the paper's relocking, section 3.5 step 12, in its two
// phases). World stopped, after a restart.
//
// The paper unlocks before a checkpoint and locks again after it. Here a lock
// word keeps its value through the restart, and only what is written in it or
// beside it in terms of a thread id must follow the thread: nothing at all
// under the same ids.

#ifndef CKPT_CORE_RELOCK_H
#define CKPT_CORE_RELOCK_H

#include <stdint.h>

#include "image/format.h"

namespace ckpt::core {

// Coordinator only. `stop` is the stop that the threads are parked in.
void Relock(uint32_t stop);

// True if a lock can be carried to new thread ids in the state that its thread
// has it in. On its way through the C library's lock or unlock code a thread
// may hold its old id in a register, which nobody can correct.
constexpr bool Moves(const image::LockRecord& lock) {
  const bool waits = lock.state == image::LockState::kWanted;
  if (!waits && lock.state != image::LockState::kInFlight) return true;
  // A writer asks for its id after it has waited.
  if (lock.kind == image::kRwlockKind) return waits;
  // Normal and adaptive ones are never compared with an id.
  const uint32_t type = lock.kind & 127;
  return type == 0 || type == 3;
}

}  // namespace ckpt::core

#endif
