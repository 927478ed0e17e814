// locks.cpp - see locks.h.

#include "track/locks.h"

#include "base/check.h"
#include "sys/memory.h"
#include "sys/process.h"
#include "sys/signal.h"
#include "track/lock_kinds.h"
#include "track/lock_set.h"
#include "track/lock_view.h"

namespace ckpt::track {
namespace {

void GrowSpill(Slot* slot) {
  const uint32_t capacity =
      slot->spill_capacity == 0 ? 512 : slot->spill_capacity * 2;
  const long at = sys::MapAnonymous(capacity * sizeof(pthread_mutex_t*));
  CKPT_CHECK(!sys::IsError(at), "no memory for a thread's lock table");
  auto** grown = reinterpret_cast<pthread_mutex_t**>(at);
  for (uint32_t i = 0; i < slot->spill_capacity; ++i) grown[i] = slot->spill[i];
  pthread_mutex_t** old = slot->spill;
  const uint32_t old_capacity = slot->spill_capacity;
  slot->spill = grown;
  asm volatile("" ::: "memory");
  slot->spill_capacity = capacity;
  if (old != nullptr) {
    sys::Unmap(reinterpret_cast<uint64_t>(old),
               old_capacity * sizeof(pthread_mutex_t*));
  }
}

void SetLockAt(Slot* slot, uint32_t n, pthread_mutex_t* mutex) {
  if (n < kInlineLocks) {
    slot->locks[n] = mutex;
  } else {
    slot->spill[n - kInlineLocks] = mutex;
  }
}

bool ReadMemory(const void* from, void* to, uint64_t size) {
  struct Vector {
    const void* base;
    uint64_t size;
  };
  const Vector local{to, size};
  const Vector remote{from, size};
  return sys::Raw(__NR_process_vm_readv, sys::GetTid(), &local, 1, &remote, 1,
                  0) == static_cast<long>(size);
}

}  // namespace

bool ReadMutex(const pthread_mutex_t* mutex, pthread_mutex_t* out) {
  return ReadMemory(mutex, out, sizeof(*out));
}

bool ReadRwlock(const pthread_rwlock_t* lock, pthread_rwlock_t* out) {
  return ReadMemory(lock, out, sizeof(*out));
}

void PushSpilled(Slot* slot, pthread_mutex_t* mutex) {
  const uint32_t n = slot->lock_depth - kInlineLocks;
  if (n >= slot->spill_capacity) GrowSpill(slot);
  slot->spill[n] = mutex;
  asm volatile("" ::: "memory");
  slot->lock_depth = slot->lock_depth + 1;
}

void RemoveOlder(Slot* slot, pthread_mutex_t* mutex) {
  const uint32_t depth = slot->lock_depth;
  for (uint32_t i = depth; i-- > 0;) {
    if (LockAt(slot, i) != mutex) continue;
    for (uint32_t k = i; k + 1 < depth; ++k) {
      SetLockAt(slot, k, LockAt(slot, k + 1));
    }
    asm volatile("" ::: "memory");
    slot->lock_depth = depth - 1;
    return;
  }
  // Not in the table: locked by another thread, or before the table existed.
}

namespace {

// How many of its entries a lock accounts for. A restart may change the
// thread's id between the looks at it and at the lock.
uint32_t EntriesHeld(const Slot* slot, const pthread_mutex_t* entry) {
  uint32_t held = 0;
  Settled([&] {
    LockView view;
    held = View(entry, &view) &&
                   IsOwnedBy(view, slot->tid.load(std::memory_order_relaxed))
               ? EntriesOf(view)
               : 0;
  });
  return held;
}

}  // namespace

void DropStaleLocks(Slot* slot, int stop_signal) {
  const uint32_t depth = slot->lock_depth;
  const uint64_t size = LockSet::SizeFor(depth);
  const long at = sys::MapAnonymous(size * sizeof(LockSet::Entry));
  if (sys::IsError(at)) return;
  LockSet set(reinterpret_cast<LockSet::Entry*>(at), size);
  // No handler of the program's may lock or unlock meanwhile.
  const sys::SignalSet block =
      sys::kAllSignals & ~(stop_signal == 0 ? 0 : sys::SignalBit(stop_signal));
  sys::SignalSet old;
  sys::SetMask(SIG_BLOCK, &block, &old);
  // What is kept moves down, each over what has been looked at: whenever the
  // stop signal falls, all that is held is in the table.
  uint32_t kept = 0;
  for (uint32_t i = 0; i < depth; ++i) {
    pthread_mutex_t* entry = LockAt(slot, i);
    bool is_new;
    uint32_t* held = set.Of(entry, &is_new);
    if (is_new) *held = EntriesHeld(slot, entry);
    if (*held == 0) continue;
    --*held;
    if (kept != i) SetLockAt(slot, kept, entry);
    ++kept;
  }
  asm volatile("" ::: "memory");
  slot->lock_depth = kept;
  slot->tidy_at = 2 * kept > kInlineLocks ? 2 * kept : kInlineLocks;
  sys::SetMask(SIG_SETMASK, &old);
  sys::Unmap(static_cast<uint64_t>(at), size * sizeof(LockSet::Entry));
}

namespace {

void CorrectWord(pthread_mutex_t* mutex, int tid) {
  // Others set the waiters' bit meanwhile, no more: it is ours.
  int word = __atomic_load_n(&mutex->__data.__lock, __ATOMIC_RELAXED);
  int wanted;
  do {
    const uint32_t flags = static_cast<uint32_t>(word) & ~FUTEX_TID_MASK;
    wanted = static_cast<int>(flags | static_cast<uint32_t>(tid));
  } while (wanted != word &&
           !__atomic_compare_exchange_n(&mutex->__data.__lock, &word, wanted,
                                        true, __ATOMIC_RELAXED,
                                        __ATOMIC_RELAXED));
}

}  // namespace

void CorrectOwner(const Slot* slot, pthread_mutex_t* entry) {
  uint32_t epoch;
  do {
    epoch = Epoch();
    const int tid = slot->tid.load(std::memory_order_relaxed);
    if (pthread_rwlock_t* lock = AsRwlock(entry)) {
      lock->__data.__cur_writer = tid;
      continue;
    }
    const uint32_t kind = static_cast<uint32_t>(entry->__data.__kind);
    if (WordHoldsOwner(kind)) CorrectWord(entry, tid);
    if (entry->__data.__owner != kInconsistent) entry->__data.__owner = tid;
  } while (Epoch() != epoch);
}

}  // namespace ckpt::track
