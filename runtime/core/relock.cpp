// relock.cpp - see relock.h.

#include "core/relock.h"

#include "track/linker_locks.h"
#include "track/lock_view.h"
#include "track/locks.h"

namespace ckpt::core {
namespace {

// An id given out anew may equal another thread's old one, so every id is first
// written marked, and the marks are taken off when all are written. Above every
// thread id, inside FUTEX_TID_MASK.
constexpr int kMarked = 1 << 29;

// Behind a stale entry may be any data: only what looks like a lock of the
// thread's is written to, and in the end only what has been written.
void Mark(pthread_mutex_t* entry, int old_tid, int new_tid) {
  track::LockView view;
  if (!track::View(entry, &view) || !track::IsOwnedBy(view, old_tid)) return;
  const int marked = new_tid | kMarked;
  if (pthread_rwlock_t* lock = track::AsRwlock(entry)) {
    // A reader has no id.
    if (view.owner == old_tid) lock->__data.__cur_writer = marked;
    return;
  }
  if (track::WordHoldsOwner(view.kind)) {
    entry->__data.__lock = static_cast<int>((view.word & ~FUTEX_TID_MASK) |
                                            static_cast<uint32_t>(marked));
  }
  if (view.owner == old_tid) entry->__data.__owner = marked;
}

void Unmark(pthread_mutex_t* entry, int, int new_tid) {
  const int marked = new_tid | kMarked;
  track::LockView view;
  if (!track::View(entry, &view) || !track::IsOwnedBy(view, marked)) return;
  if (pthread_rwlock_t* lock = track::AsRwlock(entry)) {
    if (view.owner == marked) lock->__data.__cur_writer = new_tid;
    return;
  }
  if (track::WordHoldsOwner(view.kind)) {
    entry->__data.__lock =
        static_cast<int>(view.word & ~static_cast<uint32_t>(kMarked));
  }
  if (view.owner == marked) entry->__data.__owner = new_tid;
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
  ForEachLock(stop, linker, Unmark);
}

}  // namespace ckpt::core
