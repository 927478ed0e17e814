// relock.cpp - see relock.h.

#include "core/relock.h"

#include "track/linker_locks.h"
#include "track/locks.h"

namespace ckpt::core {
namespace {

// An id given out anew may equal another thread's old one, so every id is first
// written marked, and the marks are taken off when all are written. Above every
// thread id, inside FUTEX_TID_MASK.
constexpr int kMarked = 1 << 29;

void MarkRwlock(pthread_rwlock_t* lock, int old_tid, int new_tid) {
  pthread_rwlock_t copy;
  if (!track::ReadRwlock(lock, &copy)) return;  // a stale entry
  if (copy.__data.__readers != 0 && copy.__data.__cur_writer == old_tid) {
    lock->__data.__cur_writer = new_tid | kMarked;
  }
}

void UnmarkRwlock(pthread_rwlock_t* lock, int new_tid) {
  pthread_rwlock_t copy;
  if (!track::ReadRwlock(lock, &copy)) return;
  if (copy.__data.__cur_writer == (new_tid | kMarked)) {
    lock->__data.__cur_writer = new_tid;
  }
}

void Mark(pthread_mutex_t* mutex, int old_tid, int new_tid) {
  if (pthread_rwlock_t* lock = track::AsRwlock(mutex)) {
    MarkRwlock(lock, old_tid, new_tid);
    return;
  }
  pthread_mutex_t copy;
  if (!track::ReadMutex(mutex, &copy)) return;  // a stale entry
  const uint32_t kind = static_cast<uint32_t>(copy.__data.__kind);
  const uint32_t word = static_cast<uint32_t>(copy.__data.__lock);
  if (word == 0) return;
  if (track::WordHoldsOwner(kind) &&
      (word & FUTEX_TID_MASK) == static_cast<uint32_t>(old_tid)) {
    mutex->__data.__lock = static_cast<int>((word & ~FUTEX_TID_MASK) |
                                            static_cast<uint32_t>(new_tid) |
                                            kMarked);
  }
  if (copy.__data.__owner == old_tid) {
    mutex->__data.__owner = new_tid | kMarked;
  }
}

// Only what Mark has written: behind a stale entry, or a mutex that the thread
// has just given back, may be any other data by now.
void Unmark(pthread_mutex_t* mutex, int new_tid) {
  if (pthread_rwlock_t* lock = track::AsRwlock(mutex)) {
    UnmarkRwlock(lock, new_tid);
    return;
  }
  pthread_mutex_t copy;
  if (!track::ReadMutex(mutex, &copy)) return;
  const int marked = new_tid | kMarked;
  if (copy.__data.__owner == marked) mutex->__data.__owner = new_tid;
  const uint32_t word = static_cast<uint32_t>(copy.__data.__lock);
  if (track::WordHoldsOwner(static_cast<uint32_t>(copy.__data.__kind)) &&
      (word & FUTEX_TID_MASK) == static_cast<uint32_t>(marked)) {
    mutex->__data.__lock =
        static_cast<int>(word & ~static_cast<uint32_t>(kMarked));
  }
}

// Calls visit(mutex, old id, new id) for every mutex that a thread with a new
// id may own: those it holds (the paper's phase 1), and the one it is asking
// for or giving back, which it owns from one instruction to the next. A mutex
// released into a condition wait (phase 2) the thread asks for again by itself:
// its frame stands before that system call. Last the dynamic linker's, which
// stand in no table.
template <typename Visit>
void ForEachLock(uint32_t stop, const track::LinkerLocks& linker,
                 Visit visit) {
  track::Slot* slots = track::FirstSlot();
  for (uint32_t i = 0; i < track::SlotCount(); ++i) {
    const track::Slot& slot = slots[i];
    if (slot.used.load(std::memory_order_relaxed) == 0 ||
        slot.parked.load(std::memory_order_relaxed) != stop) {
      continue;
    }
    const int new_tid = slot.tid.load(std::memory_order_relaxed);
    if (new_tid == slot.tid_at_stop) continue;
    for (uint32_t k = 0; k < slot.lock_depth; ++k) {
      visit(track::LockAt(&slot, k), slot.tid_at_stop, new_tid);
    }
    if (slot.wanted != nullptr && !track::IsShortCall(slot.wanted) &&
        slot.waiting_on == nullptr) {
      visit(slot.wanted, slot.tid_at_stop, new_tid);
    }
    for (pthread_mutex_t* mutex : linker) {
      visit(mutex, slot.tid_at_stop, new_tid);
    }
  }
}

}  // namespace

void Relock(uint32_t stop) {
  track::LinkerLocks linker;
  linker.Find();
  ForEachLock(stop, linker, Mark);
  ForEachLock(stop, linker,
              [](pthread_mutex_t* mutex, int, int new_tid) {
                Unmark(mutex, new_tid);
              });
}

}  // namespace ckpt::core
