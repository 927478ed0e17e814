// locks.h - which mutexes a thread holds, wants or has released into a
// condition wait (the paper's list of mutex information structures,
// section 3.4).
//
// Written by the owning thread from the hooks; read by the coordinator while
// every thread is parked (track/lock_records).

#ifndef CKPT_TRACK_LOCKS_H
#define CKPT_TRACK_LOCKS_H

#include <pthread.h>

#include "track/registry.h"

namespace ckpt::track {

// A read-write lock in the table: the pointer with its lowest bit set, and for
// a reader the next one.
constexpr uintptr_t kRwlockTag = 1, kReaderTag = 2;
inline pthread_mutex_t* TagRwlock(pthread_rwlock_t* lock, bool writer) {
  return reinterpret_cast<pthread_mutex_t*>(
      reinterpret_cast<uintptr_t>(lock) | kRwlockTag |
      (writer ? 0 : kReaderTag));
}
// The read-write lock behind a table entry, or nullptr if it is a mutex.
inline pthread_rwlock_t* AsRwlock(const pthread_mutex_t* entry) {
  const auto address = reinterpret_cast<uintptr_t>(entry);
  return (address & kRwlockTag) == 0
             ? nullptr
             : reinterpret_cast<pthread_rwlock_t*>(
                   address & ~(kRwlockTag | kReaderTag));
}
// Not a lock: the thread is in another short call of the C library's that may
// hold an id in a register.
constexpr uintptr_t kShortCall = 4;
inline bool IsShortCall(const pthread_mutex_t* entry) {
  return reinterpret_cast<uintptr_t>(entry) == kShortCall;
}
inline bool IsReader(const pthread_mutex_t* entry) {
  return (reinterpret_cast<uintptr_t>(entry) & kReaderTag) != 0;
}

// The n-th lock of a slot, oldest first.
inline pthread_mutex_t* LockAt(const Slot* slot, uint32_t n) {
  return n < kInlineLocks ? slot->locks[n] : slot->spill[n - kInlineLocks];
}

// Slow paths: more than kInlineLocks, or not the newest one.
void PushSpilled(Slot* slot, pthread_mutex_t* mutex);
void RemoveOlder(Slot* slot, pthread_mutex_t* mutex);

inline void PushLock(Slot* slot, pthread_mutex_t* mutex) {
  const uint32_t depth = slot->lock_depth;
  if (__builtin_expect(depth < kInlineLocks, 1)) {
    slot->locks[depth] = mutex;
    // The entry is complete before the stop signal can see the new depth.
    asm volatile("" ::: "memory");
    slot->lock_depth = depth + 1;
  } else {
    PushSpilled(slot, mutex);
  }
}

inline void RemoveLock(Slot* slot, pthread_mutex_t* mutex) {
  const uint32_t depth = slot->lock_depth;
  if (__builtin_expect(depth > 0 && depth <= kInlineLocks &&
                           slot->locks[depth - 1] == mutex,
                       1)) {
    slot->lock_depth = depth - 1;
  } else {
    RemoveOlder(slot, mutex);
  }
}

// Drops what other threads have unlocked (a mutex handed from thread to thread,
// as a semaphore is): nobody else may write to this table. In a hook that has
// not interrupted another one; the program's signals are blocked meanwhile, all
// but `stop_signal`.
void DropStaleLocks(Slot* slot, int stop_signal);

// A table with more locks than the thread has would grow for ever and be slow.
inline bool IsUntidy(const Slot* slot) {
  return __builtin_expect(slot->lock_depth >= slot->tidy_at, 0);
}

// Reads a mutex that may be freed or unmapped by now. The kernel copies it, so
// bad memory is an error and not a SIGSEGV.
bool ReadMutex(const pthread_mutex_t* mutex, pthread_mutex_t* out);
bool ReadRwlock(const pthread_rwlock_t* lock, pthread_rwlock_t* out);

// In a hook, after the C library has given the lock to the calling thread while
// a restart may have changed the thread's id: corrects an owner that was
// written from the old one.
void CorrectOwner(const Slot* slot, pthread_mutex_t* entry);

}  // namespace ckpt::track

#endif
