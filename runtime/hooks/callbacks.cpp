// callbacks.cpp - checkpoint_on, and the thread in which the callbacks run. It
// is an ordinary thread of the program's with the C library at its service: it
// is stopped, saved and restored like any other.

#include "hooks/callbacks.h"

#include <errno.h>

#include "base/bytes.h"
#include "checkpoint.h"
#include "core/callbacks.h"
#include "core/state.h"
#include "hooks/libc.h"
#include "sys/file.h"
#include "sys/proc.h"
#include "sys/process.h"
#include "sys/signal.h"

namespace ckpt::hooks {
namespace {

using core::CallbackEvent;
using core::CallbackPhase;
using core::g_callbacks;

constinit thread_local bool t_in_callbacks = false;

void CallOne(const core::Callback& callback, CallbackEvent event, int error) {
  // Acquire pairs with the release in checkpoint_on.
  const auto function = callback.function.load(std::memory_order_acquire);
  if (function != nullptr && callback.event == event) {
    function(error, callback.argument);
  }
}

uint32_t Registered() {
  const uint32_t count = g_callbacks.count.load(std::memory_order_acquire);
  return count < core::kMaxCallbacks ? count : core::kMaxCallbacks;
}

void CallForward(CallbackEvent event) {
  for (uint32_t i = 0; i < Registered(); ++i) {
    CallOne(g_callbacks.list[i], event, 0);
  }
}

void CallBackward(CallbackEvent event, int error) {
  for (uint32_t i = Registered(); i-- > 0;) {
    CallOne(g_callbacks.list[i], event, error);
  }
}

bool Move(CallbackPhase from, CallbackPhase to) {
  uint32_t expected = static_cast<uint32_t>(from);
  const bool moved = g_callbacks.phase.compare_exchange_strong(
      expected, static_cast<uint32_t>(to), std::memory_order_acq_rel);
  if (moved) sys::FutexWake(&g_callbacks.phase);
  return moved;
}

// True when the main thread has ended and nobody but this thread and ours is
// left to end the program.
bool IsAlone() {
  if (g_callbacks.main_ends.load(std::memory_order_relaxed) == 0) return false;
  char text[4096];
  if (sys::ReadWhole("/proc/self/status", text, sizeof(text)) <= 0) {
    return false;
  }
  const char* state = sys::StatusField(text, "State:");
  const char* threads = sys::StatusField(text, "Threads:");
  if (state == nullptr || *state != 'Z' || threads == nullptr) return false;
  const bool coordinator =
      core::g_state.coordinator_tid.load(std::memory_order_relaxed) != 0;
  // The main thread is counted for as long as there are others.
  return ParseNumber(&threads, 10) <= (coordinator ? 3u : 2u);
}

void AwaitChange(CallbackPhase phase) {
  // How often the end of the last thread of the program's is looked for.
  const timespec look = sys::ToTimespec(50000000);
  const bool ends =
      g_callbacks.main_ends.load(std::memory_order_relaxed) != 0;
  sys::FutexWait(&g_callbacks.phase, static_cast<uint32_t>(phase),
                 ends ? &look : nullptr);
}

void* Run(void*) {
  t_in_callbacks = true;
  sys::Prctl(PR_SET_NAME, reinterpret_cast<uint64_t>("ckpt-callbacks"));
  for (;;) {
    // Acquire pairs with the release of the coordinator's moves.
    const auto phase = static_cast<CallbackPhase>(
        g_callbacks.phase.load(std::memory_order_acquire));
    switch (phase) {
      case CallbackPhase::kBefore:
        CallForward(CallbackEvent::kBefore);
        break;
      case CallbackPhase::kAfter:
      case CallbackPhase::kGivenUp:
        CallBackward(CallbackEvent::kAfter,
                     g_callbacks.error.load(std::memory_order_relaxed));
        break;
      case CallbackPhase::kRestart:
        CallBackward(CallbackEvent::kRestart, 0);
        break;
      case CallbackPhase::kIdle:
      case CallbackPhase::kHeld:
        // As the C library ends a program whose last thread has ended.
        if (phase == CallbackPhase::kIdle && IsAlone()) exit(0);
        AwaitChange(phase);
        continue;
    }
    // A child that a callback has made and that has come back from it.
    if (!core::InOwnProcess()) return nullptr;
    Move(phase, phase == CallbackPhase::kBefore ? CallbackPhase::kHeld
                                                : CallbackPhase::kIdle);
  }
}

// Signals of the program's are its other threads'; what a fault raises must
// come through.
int Create() {
  sys::SignalSet mask = sys::kAllSignals, old;
  for (const int open : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGSYS,
                         sys::kFirstInternalSignal,
                         sys::kFirstInternalSignal + 1,
                         core::g_state.stop_signal}) {
    mask &= ~sys::SignalBit(open);
  }
  sys::SetMask(SIG_SETMASK, &mask, &old);
  pthread_t thread;
  const int r = __ckpt_pthread_create(&thread, nullptr, Run, nullptr);
  if (r == 0) Real().pthread_detach(thread);
  sys::SetMask(SIG_SETMASK, &old);
  return r;
}

}  // namespace

int StartCallbackThread() {
  if (!core::g_state.enabled || !core::InOwnProcess() || Registered() == 0) {
    return 0;
  }
  for (;;) {
    uint32_t state = 0;
    if (g_callbacks.thread.compare_exchange_strong(
            state, 1, std::memory_order_acq_rel)) {
      const int r = Create();
      if (r != 0) core::ForgetCallbackThread();
      g_callbacks.thread.store(r == 0 ? 2 : 0, std::memory_order_release);
      sys::FutexWake(&g_callbacks.thread);
      return r;
    }
    if (state == 2) return 0;
    sys::FutexWait(&g_callbacks.thread, 1);
  }
}

void LeaveToOthers() {
  g_callbacks.main_ends.store(1, std::memory_order_relaxed);
  sys::FutexWake(&g_callbacks.phase);
}

bool IsInCallback() { return t_in_callbacks; }

}  // namespace ckpt::hooks

int checkpoint_on(enum checkpoint_event event,
                  void (*function)(int error, void* argument),
                  void* argument) {
  using namespace ckpt;
  using core::g_callbacks;
  if (event < CHECKPOINT_BEFORE || event > CHECKPOINT_RESTART ||
      function == nullptr) {
    errno = EINVAL;
    return -1;
  }
  uint32_t at = g_callbacks.count.load(std::memory_order_relaxed);
  do {
    if (at == core::kMaxCallbacks) {
      errno = ENOMEM;
      return -1;
    }
  } while (!g_callbacks.count.compare_exchange_weak(
      at, at + 1, std::memory_order_acq_rel));
  core::Callback& entry = g_callbacks.list[at];
  entry.event = static_cast<core::CallbackEvent>(event);
  entry.argument = argument;
  entry.function.store(function, std::memory_order_release);
  const int error = hooks::StartCallbackThread();
  if (error == 0) return 0;
  entry.function.store(nullptr, std::memory_order_relaxed);
  errno = error;
  return -1;
}
