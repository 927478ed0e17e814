// deadlock.h - who waits for whom: threads that want a lock which others hold,
// or join another one, and the circles among them.

#ifndef CKPT_CLI_DEADLOCK_H
#define CKPT_CLI_DEADLOCK_H

#include <cstdint>
#include <vector>

#include "base/types.h"
#include "image/format.h"

namespace ckpt::cli {

// `thread` goes on when `holder` unlocks `object` (or, for a join, ends).
struct Wait {
  uint32_t thread;  // indices in the thread table
  uint32_t holder;
  bool join;        // else a mutex
  uint64_t object;  // mutex, or pthread_t
};

// Each circle once, beginning with its lowest thread; in a circle the holder of
// one wait is the thread of the next.
using Deadlock = std::vector<Wait>;
std::vector<Deadlock> FindDeadlocks(Span<const image::ThreadRecord> threads,
                                    Span<const image::LockRecord> locks);

}  // namespace ckpt::cli

#endif
