// stop_the_world.h - the coordinator's side of a checkpoint: the paper's steps
// 1 to 12 (section 3.5) as one enum and one pair of functions. Partner:
// core/safepoint (the threads' side). docs/stop-the-world.md has the drawing.

#ifndef CKPT_CORE_STOP_THE_WORLD_H
#define CKPT_CORE_STOP_THE_WORLD_H

#include <stdint.h>

#include "base/arena.h"
#include "base/line.h"

namespace ckpt::core {

// Where the coordinator is; the numbers are the paper's. What Linux lets us
// leave out: a futex wait runs its handler at once, so nobody has to unlock a
// mutex to let a waiter into its handler, and what no thread has unlocked need
// not be locked again.
enum class Step : uint32_t {
  kRunning = 0,        // no checkpoint
  kPreventLocks = 1,   // 1: g_stop.requested is raised: who arrives here parks
  kSignalThreads = 2,  // 2: the stop signal goes to every thread
                       // 3: (unlock mutexes) not needed
  kWaitForThreads =
      4,               // 4-7: each parks; its signal frame is its private state
  kSaveFileState = 8,  // 8: descriptors and offsets
                       // 9: (clear prevent_locks) in 11
  kSaveProcess = 10,   // 10: memory map, thread table, memory
  kReleaseThreads = 11,  // 11: g_stop.released catches up
                         // 12: (relock) only after a restart: core/relock
};

struct Stopped {
  uint32_t stop = 0;          // its number
  uint32_t threads = 0;       // parked
  int32_t exited_leader = 0;  // the main thread's tid if it has exited, else 0
  uint64_t request_us = 0, parked_us = 0;  // CLOCK_MONOTONIC
};

// Coordinator only. Stops every other thread. False if one of them could not be
// stopped in time: the world runs on, and *reason says which and why.
bool StopTheWorld(Arena* scratch, Stopped* out, Line* reason);

// Coordinator only, world stopped: lets the threads go on and waits until each
// has left its safepoint. When they could go on, CLOCK_MONOTONIC in us.
uint64_t ReleaseTheWorld(const Stopped& stopped);

}  // namespace ckpt::core

#endif
