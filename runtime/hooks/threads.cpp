// threads.cpp - doors of thread life: each thread gets its slot in the registry
// (the paper's thread table) from its creator. Every Linux thread has system
// scope, so the paper's change of the attributes is not needed.

#include "hooks/finally.h"
#include "hooks/libc.h"
#include "hooks/thread_start.h"
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
  auto* slot = static_cast<Slot*>(argument);
  // First the pointer: the stop signal must not find a slot given back.
  ckpt::track::t_slot = nullptr;
  asm volatile("" ::: "memory");
  ckpt::track::ReleaseSlot(slot);
}

int __ckpt_pthread_create(pthread_t* thread, const pthread_attr_t* attributes,
                          void* (*start)(void*), void* argument) __THROW {
  Slot* slot = ckpt::track::TakeSlot();
  slot->start_routine = start;
  slot->start_argument = argument;
  const int r = ckpt::hooks::Real().pthread_create(
      thread, attributes, __ckpt_thread_start, slot);
  if (r != 0) ckpt::track::ReleaseSlot(slot);
  return r;
}

int __ckpt_pthread_join(pthread_t thread, void** result) {
  Slot* slot = Self();
  slot->wait_object = static_cast<uint64_t>(thread);
  slot->state = ckpt::image::ThreadState::kJoinWait;
  return ckpt::hooks::Finally(
      [=] { return ckpt::hooks::Real().pthread_join(thread, result); },
      [=] { slot->state = ckpt::image::ThreadState::kRunning; });
}

int __ckpt_pthread_detach(pthread_t thread) __THROW {
  return ckpt::hooks::Real().pthread_detach(thread);
}

void __ckpt_pthread_exit(void* result) {
  ckpt::hooks::Real().pthread_exit(result);
}
