// callbacks.h - functions of the program that are to be called before and after
// a checkpoint and after a restart (checkpoint_on). They run in a thread of
// their own, an ordinary one of the program's (hooks/callbacks.cpp), while all
// others run; this is what it and the coordinator say to each other.
//
//              coordinator                      callback thread
//   kIdle      a checkpoint is due
//   kBefore                                     calls those of kBefore
//   kHeld      takes it; an image has this
//   kAfter                                      calls those of kAfter
//   kRestart   (in the restored process)        calls those of kRestart
//   kIdle
//
// A checkpoint for which the first take too long is put off: kGivenUp, and when
// they have returned those of kAfter are called.

#ifndef CKPT_CORE_CALLBACKS_H
#define CKPT_CORE_CALLBACKS_H

#include <stdint.h>

#include <atomic>

#include "base/line.h"
#include "sys/futex.h"

namespace ckpt::core {

enum class CallbackEvent : uint32_t { kBefore = 1, kAfter = 2, kRestart = 3 };
constexpr uint32_t kMaxCallbacks = 256;

struct Callback {
  // Stored last, with release.
  std::atomic<void (*)(int error, void* argument)> function{nullptr};
  void* argument = nullptr;
  CallbackEvent event{};
};

enum class CallbackPhase : uint32_t {
  kIdle, kBefore, kHeld, kAfter, kGivenUp, kRestart
};

struct Callbacks {
  Callback list[kMaxCallbacks] = {};  // in the order of registration
  std::atomic<uint32_t> count{0};     // entries taken
  sys::Word phase{0};                 // CallbackPhase
  std::atomic<int32_t> error{0};      // for those of kAfter
  sys::Word thread{0};                // 0: none, 1: being started, 2: there
  std::atomic<uint32_t> main_ends{0};  // 1: the main thread has ended, or will
};

extern constinit Callbacks g_callbacks;

// Coordinator only, with the program running: true when every callback of
// kBefore has returned. False, with *reason, if that takes too long.
bool BeforeCheckpoint(Line* reason);

// Coordinator only: what came of the checkpoint, 0 or a positive errno. Does
// not wait. Nothing if BeforeCheckpoint was not called.
void AfterCheckpoint(int error);

// In a restored process, before the threads go on.
void AfterRestart();

// Waits until the callbacks of kAfter or kRestart have returned.
void AwaitCallbacks();

// In a forked child: no thread, and nothing under way.
void ForgetCallbackThread();

}  // namespace ckpt::core

#endif
