// rwlocks.cpp - read-write locks that the C library is asked for. It tells a
// writer by its thread id, so the table notes who has locked for writing.
// Readers have no identity, but are asked whether they are the writer, and
// `ckpt info` shows them. In the table a read-write lock is a tagged entry
// (track/locks). The doors themselves are in mutex_x86_64.S, which comes here
// when there is more to do than to change a word.

#include "core/safepoint.h"
#include "core/state.h"
#include "hooks/libc.h"
#include "track/locks.h"

extern "C" {
#define CKPT_ASK(name)                    \
  __attribute__((visibility("hidden"))) int __ckpt_ask_rwlock_##name( \
      pthread_rwlock_t*)
CKPT_ASK(rdlock);
CKPT_ASK(tryrdlock);
CKPT_ASK(wrlock);
CKPT_ASK(trywrlock);
CKPT_ASK(unlock);
#undef CKPT_ASK
}

namespace {

using ckpt::hooks::Real;
using ckpt::track::Self;
using ckpt::track::Slot;

// While `ask` runs the table says what the thread is busy with.
template <typename Ask>
int Acquire(pthread_rwlock_t* lock, bool writer, Ask ask) {
  Slot* slot = Self();
  const uint32_t epoch = ckpt::track::Epoch();
  pthread_mutex_t* entry = ckpt::track::TagRwlock(lock, writer);
  pthread_mutex_t* outer = slot->wanted;
  slot->wanted = entry;
  asm volatile("" ::: "memory");
  const int r = ask();
  if (r == 0) {
    if (writer && __builtin_expect(ckpt::track::Epoch() != epoch, 0)) {
      ckpt::track::CorrectOwner(slot, entry);
    }
    ckpt::track::PushLock(slot, entry);
  }
  asm volatile("" ::: "memory");
  slot->wanted = outer;
  asm volatile("" ::: "memory");
  ckpt::core::StopIfDeferred(slot);
  // Not if a handler of the program's has interrupted another hook.
  if (ckpt::track::IsUntidy(slot) && outer == nullptr) {
    ckpt::track::DropStaleLocks(slot, ckpt::core::g_state.stop_signal);
  }
  return r;
}

constexpr bool kReader = false, kWriter = true;

}  // namespace

int __ckpt_ask_rwlock_rdlock(pthread_rwlock_t* lock) {
  return Acquire(lock, kReader,
                 [=] { return Real().pthread_rwlock_rdlock(lock); });
}

int __ckpt_ask_rwlock_tryrdlock(pthread_rwlock_t* lock) {
  return Acquire(lock, kReader,
                 [=] { return Real().pthread_rwlock_tryrdlock(lock); });
}

int __ckpt_pthread_rwlock_timedrdlock(pthread_rwlock_t* lock,
                                      const timespec* deadline) __THROW {
  return Acquire(lock, kReader, [=] {
    return Real().pthread_rwlock_timedrdlock(lock, deadline);
  });
}

int __ckpt_pthread_rwlock_clockrdlock(pthread_rwlock_t* lock, clockid_t clock,
                                      const timespec* deadline) __THROW {
  return Acquire(lock, kReader, [=] {
    return Real().pthread_rwlock_clockrdlock(lock, clock, deadline);
  });
}

int __ckpt_ask_rwlock_wrlock(pthread_rwlock_t* lock) {
  return Acquire(lock, kWriter,
                 [=] { return Real().pthread_rwlock_wrlock(lock); });
}

int __ckpt_ask_rwlock_trywrlock(pthread_rwlock_t* lock) {
  return Acquire(lock, kWriter,
                 [=] { return Real().pthread_rwlock_trywrlock(lock); });
}

int __ckpt_pthread_rwlock_timedwrlock(pthread_rwlock_t* lock,
                                      const timespec* deadline) __THROW {
  return Acquire(lock, kWriter, [=] {
    return Real().pthread_rwlock_timedwrlock(lock, deadline);
  });
}

int __ckpt_pthread_rwlock_clockwrlock(pthread_rwlock_t* lock, clockid_t clock,
                                      const timespec* deadline) __THROW {
  return Acquire(lock, kWriter, [=] {
    return Real().pthread_rwlock_clockwrlock(lock, clock, deadline);
  });
}

int __ckpt_ask_rwlock_unlock(pthread_rwlock_t* lock) {
  Slot* slot = Self();
  // The caller has it, so nobody writes this meanwhile.
  const bool writer = lock->__data.__cur_writer != 0;
  pthread_mutex_t* entry = ckpt::track::TagRwlock(lock, writer);
  pthread_mutex_t* outer = slot->wanted;
  slot->wanted = entry;
  asm volatile("" ::: "memory");
  const int r = Real().pthread_rwlock_unlock(lock);
  if (r == 0) ckpt::track::RemoveLock(slot, entry);
  asm volatile("" ::: "memory");
  slot->wanted = outer;
  asm volatile("" ::: "memory");
  ckpt::core::StopIfDeferred(slot);
  return r;
}
