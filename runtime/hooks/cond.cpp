// cond.cpp - doors of the condition waits: the mutex stays in the thread's
// table, marked as released into the wait (the paper, sections 3.3 and 3.4).

#include "hooks/libc.h"
#include "track/registry.h"

namespace {

using ckpt::track::Self;
using ckpt::track::Slot;

// A wait that is cancelled unwinds past the second half; the thread's next wait
// or its end puts the entry right.
template <typename Ask>
int Wait(pthread_cond_t* condition, pthread_mutex_t* mutex, Ask ask) {
  Slot* slot = Self();
  pthread_mutex_t* outer = slot->wanted;
  slot->wanted = mutex;
  slot->waiting_on = condition;
  asm volatile("" ::: "memory");
  const int r = ask();
  asm volatile("" ::: "memory");
  slot->waiting_on = nullptr;
  slot->wanted = outer;
  return r;
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
