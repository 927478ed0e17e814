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
#include "track/lock_kinds.h"

namespace ckpt::core {

// Coordinator only. `stop` is the stop that the threads are parked in.
void Relock(uint32_t stop);

// True if a lock can be carried to new thread ids in the state that its thread
// has it in. A thread on its way through the C library's lock or unlock code
// may hold its old id in a register, which nobody can correct; the stop lets it
// finish first where it can (core/safepoint). One that waits writes its id only
// when it has got the lock, and its hook corrects that (track::CorrectOwner).
constexpr bool Moves(const image::LockRecord& lock) {
  return lock.state != image::LockState::kInFlight ||
         !track::ComparesOwner(lock.kind);
}

}  // namespace ckpt::core

#endif
