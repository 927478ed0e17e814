// lock_view.h - a lock as it is in memory, behind an entry of a thread's table.
// The entry can be stale: unlocked by another thread, jumped over by longjmp,
// freed and other data by now. Safe everywhere.

#ifndef CKPT_TRACK_LOCK_VIEW_H
#define CKPT_TRACK_LOCK_VIEW_H

#include <pthread.h>
#include <stdint.h>

namespace ckpt::track {

struct LockView {
  uint64_t address, size;
  uint32_t kind, word, count;
  int32_t owner;
  bool plausible;  // what only a lock looks like
};

// The kernel copies the lock, so bad memory is an error and not a SIGSEGV:
// false.
bool View(const pthread_mutex_t* entry, LockView* view);

// True if the lock says that thread `tid` has it.
bool IsOwnedBy(const LockView& view, int tid);

// How many entries of a table an owned lock accounts for: one per level of a
// recursive one, no more than there are readers.
uint32_t EntriesOf(const LockView& view);

}  // namespace ckpt::track

#endif
