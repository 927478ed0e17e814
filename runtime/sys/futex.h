// futex.h - waiting and waking on a 32-bit word (futex(2), private futexes).
// Header-only; safe everywhere.

#ifndef CKPT_SYS_FUTEX_H
#define CKPT_SYS_FUTEX_H

#include <linux/futex.h>
#include <time.h>

#include <atomic>

#include "sys/x86_64/syscall.h"

namespace ckpt::sys {

using Word = std::atomic<uint32_t>;

// Returns when *word is not `expected` any more, at a wake-up, a signal or the
// timeout (relative, nullptr: none): the caller looks at *word again.
inline long FutexWait(Word* word, uint32_t expected,
                      const timespec* timeout = nullptr) {
  return Raw(__NR_futex, word, FUTEX_WAIT_PRIVATE, expected, timeout, 0, 0);
}

inline void FutexWake(Word* word, int count = 1 << 30) {
  Raw(__NR_futex, word, FUTEX_WAKE_PRIVATE, count, 0, 0, 0);
}

}  // namespace ckpt::sys

#endif
