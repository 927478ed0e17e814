// locks.cpp - mutexes that the C library is asked for: each call notes in the
// thread's table what it wants, asks, and notes what it has (the paper, section
// 3.4). The doors themselves are in mutex_x86_64.S, which comes here when there
// is more to do than to change a word.

#include "track/locks.h"

#include <errno.h>

#include "core/safepoint.h"
#include "core/state.h"
#include "hooks/libc.h"

extern "C" {
#define CKPT_ASK(name, type) \
  __attribute__((visibility("hidden"))) int __ckpt_ask_##name(type*)
CKPT_ASK(mutex_lock, pthread_mutex_t);
CKPT_ASK(mutex_trylock, pthread_mutex_t);
CKPT_ASK(mutex_unlock, pthread_mutex_t);
CKPT_ASK(mtx_lock, mtx_t);
CKPT_ASK(mtx_trylock, mtx_t);
CKPT_ASK(mtx_unlock, mtx_t);
#undef CKPT_ASK
}

namespace {

using ckpt::track::Self;
using ckpt::track::Slot;

// The intent stands in the table before the mutex can be had, and goes after
// the table says so: the stop signal may fall between any two lines. A handler
// of the program's that locks in between puts back what it found.
template <typename Ask>
int Acquire(pthread_mutex_t* mutex, Ask ask) {
  Slot* slot = Self();
  const uint32_t epoch = ckpt::track::Epoch();
  pthread_mutex_t* outer = slot->wanted;
  slot->wanted = mutex;
  asm volatile("" ::: "memory");
  const int r = ask();
  // EOWNERDEAD: locked all the same (robust mutexes).
  if (r == 0 || r == EOWNERDEAD) {
    if (__builtin_expect(ckpt::track::Epoch() != epoch, 0)) {
      ckpt::track::CorrectOwner(slot, mutex);
    }
    ckpt::track::PushLock(slot, mutex);
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

template <typename Ask>
int Release(pthread_mutex_t* mutex, Ask ask) {
  Slot* slot = Self();
  pthread_mutex_t* outer = slot->wanted;
  slot->wanted = mutex;
  asm volatile("" ::: "memory");
  const int r = ask();
  // The mutex may be freed memory from here on: only its address is used.
  if (r == 0) ckpt::track::RemoveLock(slot, mutex);
  asm volatile("" ::: "memory");
  slot->wanted = outer;
  asm volatile("" ::: "memory");
  ckpt::core::StopIfDeferred(slot);
  return r;
}

}  // namespace

int __ckpt_ask_mutex_lock(pthread_mutex_t* mutex) {
  return Acquire(mutex,
                 [=] { return ckpt::hooks::Real().pthread_mutex_lock(mutex); });
}

int __ckpt_ask_mutex_trylock(pthread_mutex_t* mutex) {
  return Acquire(
      mutex, [=] { return ckpt::hooks::Real().pthread_mutex_trylock(mutex); });
}

int __ckpt_pthread_mutex_timedlock(pthread_mutex_t* mutex,
                                   const timespec* deadline) __THROW {
  return Acquire(mutex, [=] {
    return ckpt::hooks::Real().pthread_mutex_timedlock(mutex, deadline);
  });
}

int __ckpt_pthread_mutex_clocklock(pthread_mutex_t* mutex, clockid_t clock,
                                   const timespec* deadline) __THROW {
  return Acquire(mutex, [=] {
    return ckpt::hooks::Real().pthread_mutex_clocklock(mutex, clock, deadline);
  });
}

int __ckpt_ask_mutex_unlock(pthread_mutex_t* mutex) {
  return Release(
      mutex, [=] { return ckpt::hooks::Real().pthread_mutex_unlock(mutex); });
}

// C11's mutex is POSIX's under another name (nptl's thrd_priv.h), and
// thrd_success is 0.

namespace {
static_assert(sizeof(mtx_t) == sizeof(pthread_mutex_t) && thrd_success == 0);
pthread_mutex_t* AsMutex(mtx_t* mutex) {
  return reinterpret_cast<pthread_mutex_t*>(mutex);
}
}  // namespace

int __ckpt_ask_mtx_lock(mtx_t* mutex) {
  return Acquire(AsMutex(mutex),
                 [=] { return ckpt::hooks::Real().mtx_lock(mutex); });
}

int __ckpt_ask_mtx_trylock(mtx_t* mutex) {
  return Acquire(AsMutex(mutex),
                 [=] { return ckpt::hooks::Real().mtx_trylock(mutex); });
}

int __ckpt_mtx_timedlock(mtx_t* mutex, const timespec* deadline) {
  return Acquire(AsMutex(mutex), [=] {
    return ckpt::hooks::Real().mtx_timedlock(mutex, deadline);
  });
}

int __ckpt_ask_mtx_unlock(mtx_t* mutex) {
  return Release(AsMutex(mutex),
                 [=] { return ckpt::hooks::Real().mtx_unlock(mutex); });
}
