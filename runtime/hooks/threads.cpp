// threads.cpp - doors of thread life: each thread gets its slot in the registry
// (the paper's thread table) from its creator. Every Linux thread has system
// scope, so the paper's change of the attributes is not needed.

#include "hooks/callbacks.h"
#include "hooks/finally.h"
#include "hooks/libc.h"
#include "hooks/thread_start.h"
#include "sys/process.h"
#include "track/registry.h"

using ckpt::track::Self;
using ckpt::track::Slot;

extern "C" __attribute__((visibility("hidden"))) CkptThreadStart
__ckpt_thread_begin(void* argument) {
  auto* slot = static_cast<Slot*>(argument);
  ckpt::track::AdoptSlot(slot);
  return {slot->start_routine, slot->start_argument};
}

extern "C" __attribute__((visibility("hidden"))) void __ckpt_thread_end(
    void* argument) {
  ckpt::track::LeaveSlot(static_cast<Slot*>(argument));
}

namespace {

using ckpt::hooks::Real;

using Routine = void* (*)(void*);

// A slot for the thread that create(slot) creates.
template <typename Create>
int WithSlot(Routine start, void* argument, Create create) {
  Slot* slot = ckpt::track::TakeSlot();
  slot->start_routine = start;
  slot->start_argument = argument;
  const int r = create(slot);
  if (r != 0) ckpt::track::ReleaseSlot(slot);
  return r;
}

template <typename Ask>
int Join(unsigned long thread, Ask ask) {
  Slot* slot = Self();
  slot->wait_object = thread;
  slot->state = ckpt::image::ThreadState::kJoinWait;
  return ckpt::hooks::Finally(
      ask, [=] { slot->state = ckpt::image::ThreadState::kRunning; });
}

}  // namespace

int __ckpt_pthread_create(pthread_t* thread, const pthread_attr_t* attributes,
                          void* (*start)(void*), void* argument) __THROW {
  return WithSlot(start, argument, [=](Slot* slot) {
    return Real().pthread_create(thread, attributes, __ckpt_thread_start, slot);
  });
}

int __ckpt_thrd_create(thrd_t* thread, thrd_start_t start, void* argument) {
  static_assert(thrd_success == 0);
  return WithSlot(reinterpret_cast<Routine>(reinterpret_cast<void*>(start)),
                  argument, [=](Slot* slot) {
                    return Real().thrd_create(thread, __ckpt_c11_thread_start,
                                              slot);
                  });
}

int __ckpt_pthread_join(pthread_t thread, void** result) {
  return Join(thread, [=] { return Real().pthread_join(thread, result); });
}

int __ckpt_pthread_timedjoin_np(pthread_t thread, void** result,
                                const timespec* deadline) {
  return Join(thread, [=] {
    return Real().pthread_timedjoin_np(thread, result, deadline);
  });
}

int __ckpt_pthread_clockjoin_np(pthread_t thread, void** result,
                                clockid_t clock, const timespec* deadline) {
  return Join(thread, [=] {
    return Real().pthread_clockjoin_np(thread, result, clock, deadline);
  });
}

int __ckpt_thrd_join(thrd_t thread, int* result) {
  return Join(thread, [=] { return Real().thrd_join(thread, result); });
}

int __ckpt_pthread_detach(pthread_t thread) __THROW {
  return Real().pthread_detach(thread);
}

void __ckpt_pthread_exit(void* result) {
  if (ckpt::sys::GetTid() == ckpt::sys::GetPid()) ckpt::hooks::LeaveToOthers();
  Real().pthread_exit(result);
}
