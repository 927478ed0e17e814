// cond.cpp - doors of the condition waits: the mutex stays in the thread's
// table, marked as released into the wait (the paper, sections 3.3 and 3.4).

#include <errno.h>

#include "core/safepoint.h"
#include "hooks/finally.h"
#include "hooks/libc.h"
#include "track/locks.h"

namespace {

using ckpt::track::Self;
using ckpt::track::Slot;

// True if a wait that ended with `r` has locked the mutex again. C11 has a
// number of its own for a timeout, which is none of POSIX's results.
bool HasMutex(int r) {
  return r == 0 || r == ETIMEDOUT || r == EOWNERDEAD || r == thrd_timedout;
}

// A wait may also end by a cancellation, with the mutex locked again.
template <typename Ask>
int Wait(pthread_cond_t* condition, pthread_mutex_t* mutex, Ask ask) {
  Slot* slot = Self();
  const uint32_t epoch = ckpt::track::Epoch();
  pthread_mutex_t* outer = slot->wanted;
  pthread_cond_t* outer_condition = slot->waiting_on;
  slot->wanted = mutex;
  slot->waiting_on = condition;
  int result = 0;
  return ckpt::hooks::Finally(
      [&] { return result = ask(); },
      [&] {
        asm volatile("" ::: "memory");
        if (ckpt::track::Epoch() != epoch && HasMutex(result)) {
          ckpt::track::CorrectOwner(slot, mutex);
        }
        slot->waiting_on = outer_condition;
        asm volatile("" ::: "memory");
        slot->wanted = outer;
        asm volatile("" ::: "memory");
        ckpt::core::StopIfDeferred(slot);
      });
}

}  // namespace

int __ckpt_pthread_cond_wait(pthread_cond_t* condition,
                             pthread_mutex_t* mutex) {
  return Wait(condition, mutex, [=] {
    return ckpt::hooks::Real().pthread_cond_wait(condition, mutex);
  });
}

int __ckpt_pthread_cond_timedwait(pthread_cond_t* condition,
                                  pthread_mutex_t* mutex,
                                  const timespec* deadline) {
  return Wait(condition, mutex, [=] {
    return ckpt::hooks::Real().pthread_cond_timedwait(condition, mutex,
                                                      deadline);
  });
}

int __ckpt_pthread_cond_clockwait(pthread_cond_t* condition,
                                  pthread_mutex_t* mutex, clockid_t clock,
                                  const timespec* deadline) {
  return Wait(condition, mutex, [=] {
    return ckpt::hooks::Real().pthread_cond_clockwait(condition, mutex, clock,
                                                      deadline);
  });
}

// C11's are POSIX's under other names.

int __ckpt_cnd_wait(cnd_t* condition, mtx_t* mutex) {
  return Wait(reinterpret_cast<pthread_cond_t*>(condition),
              reinterpret_cast<pthread_mutex_t*>(mutex),
              [=] { return ckpt::hooks::Real().cnd_wait(condition, mutex); });
}

int __ckpt_cnd_timedwait(cnd_t* condition, mtx_t* mutex,
                         const timespec* deadline) {
  return Wait(reinterpret_cast<pthread_cond_t*>(condition),
              reinterpret_cast<pthread_mutex_t*>(mutex), [=] {
                return ckpt::hooks::Real().cnd_timedwait(condition, mutex,
                                                         deadline);
              });
}
