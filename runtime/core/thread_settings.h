// thread_settings.h - what a thread has arranged with the kernel about itself:
// CPUs, scheduling, I/O and memory policy, and the rest of ThreadItem
// (image/settings.h). Each thread reads its own at a stop (core/safepoint) and
// sets its own after a restart (core/resume), always as "the calling thread":
// ids may have changed. Partner: core/process_settings.

#ifndef CKPT_CORE_THREAD_SETTINGS_H
#define CKPT_CORE_THREAD_SETTINGS_H

#include "image/format.h"
#include "track/registry.h"

namespace ckpt::core {

// As the launcher has them set up, before anything of the program has run.
void ReadLaunchersThread(image::ThreadSettings* out);

// In a handler: the calling thread's, with what it has chosen; `slot` holds
// what was read at the last stop. A thread has no parent-death signal from the
// launcher unless it is the main one.
void RecordThread(track::Slot* slot, bool is_main);

// In a restored thread: sets again what was chosen. What cannot be had is noted
// in the slot and for SayLostSettings, and the launcher's stays. `guarded`: the
// thread's parent-death signal is ours.
void RestoreThread(track::Slot* slot, const image::ThreadRecord& record,
                   bool guarded);

// Coordinator: scheduled as the launcher has it and not as the thread that
// happened to create it, which may be a real-time one or bound to one CPU.
void BecomeLaunchers();

// Before the calling thread creates the coordinator and after: a thread under
// SCHED_DEADLINE can create none unless the policy ends with it.
class CreatorScope {
 public:
  CreatorScope();
  ~CreatorScope();

 private:
  bool changed_ = false;
};

// Coordinator, when all restored threads have done that: one line for each kind
// of setting that some thread goes on without.
void SayLostSettings();

}  // namespace ckpt::core

#endif
