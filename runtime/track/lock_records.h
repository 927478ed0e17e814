// lock_records.h - what an image says of a thread's locks: its table, each
// entry compared with the lock itself. An entry can be stale (unlocked by
// another thread, freed, jumped over by longjmp).

#ifndef CKPT_TRACK_LOCK_RECORDS_H
#define CKPT_TRACK_LOCK_RECORDS_H

#include <ucontext.h>

#include "base/arena.h"
#include "image/format.h"
#include "track/linker_locks.h"
#include "track/lock_set.h"
#include "track/registry.h"

namespace ckpt::track {

struct LockTable {
  image::LockRecord* records;
  uint32_t capacity;
  uint32_t count;  // of the locks there are; may exceed the capacity
  LinkerLocks linker;
  LockSet seen;  // with room for the locks of any one thread
};

// World stopped, in `stop`. An empty table with room for the locks of all
// threads; false if the arena is too small.
bool MakeRoom(uint32_t stop, Arena* arena, LockTable* table);

// World stopped. Adds a record for each lock of `slot` that its lock word
// confirms, and for the one that the thread is asking for or giving back.
// `thread` is the slot's index in the image's thread table.
void CollectLocks(const Slot* slot, uint32_t thread, LockTable* table);

// In a handler. True if the thread, found by a signal at `frame`, is in a
// stretch of the C library's code that may hold its id in a register and that
// never waits: asking for a lock that compares ids or giving it back, and not
// waiting on a futex. Nobody could correct that register.
bool MayHoldItsId(const Slot* slot, const ucontext_t* frame);

}  // namespace ckpt::track

#endif
