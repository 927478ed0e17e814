// callbacks.cpp - see callbacks.h.

#include "core/callbacks.h"

#include "core/children.h"
#include "sys/process.h"

namespace ckpt::core {

constinit Callbacks g_callbacks;

namespace {

CallbackPhase Phase() {
  // Acquire pairs with Move's release.
  return static_cast<CallbackPhase>(
      g_callbacks.phase.load(std::memory_order_acquire));
}

// False if it is another phase by now.
bool Move(CallbackPhase from, CallbackPhase to) {
  uint32_t expected = static_cast<uint32_t>(from);
  if (!g_callbacks.phase.compare_exchange_strong(
          expected, static_cast<uint32_t>(to), std::memory_order_acq_rel)) {
    return false;
  }
  sys::FutexWake(&g_callbacks.phase);
  return true;
}

// Until the phase is `wanted`; false if it is not by `end_us`.
bool Await(CallbackPhase wanted, uint64_t end_us) {
  for (;;) {
    const CallbackPhase now = Phase();
    if (now == wanted) return true;
    const uint64_t us = sys::NowUs();
    if (us >= end_us) return false;
    const timespec timeout = sys::ToTimespec((end_us - us) * 1000);
    sys::FutexWait(&g_callbacks.phase, static_cast<uint32_t>(now), &timeout);
  }
}

}  // namespace

bool BeforeCheckpoint(Line* reason) {
  if (g_callbacks.thread.load(std::memory_order_acquire) != 2 ||
      Phase() == CallbackPhase::kHeld) {
    return true;
  }
  const uint64_t end_us = sys::NowUs() + kChildPatienceUs;
  // Those of the last checkpoint or restart come first.
  if (Await(CallbackPhase::kIdle, end_us)) {
    Move(CallbackPhase::kIdle, CallbackPhase::kBefore);
    if (Await(CallbackPhase::kHeld, end_us)) return true;
    g_callbacks.error.store(11, std::memory_order_relaxed);  // EAGAIN
    // They may return at this very moment.
    if (!Move(CallbackPhase::kBefore, CallbackPhase::kGivenUp)) return true;
  }
  reason->Str("a callback (checkpoint_on) has not returned for ").Dec(
      kChildPatienceUs / 1000000).Str(" s");
  return false;
}

void AfterCheckpoint(int error) {
  if (Phase() != CallbackPhase::kHeld) return;
  g_callbacks.error.store(error, std::memory_order_relaxed);
  Move(CallbackPhase::kHeld, CallbackPhase::kAfter);
}

void AfterRestart() {
  if (g_callbacks.thread.load(std::memory_order_relaxed) == 0) return;
  g_callbacks.phase.store(static_cast<uint32_t>(CallbackPhase::kRestart),
                          std::memory_order_release);
}

void AwaitCallbacks() {
  for (;;) {
    const CallbackPhase now = Phase();
    if (now != CallbackPhase::kAfter && now != CallbackPhase::kRestart) return;
    sys::FutexWait(&g_callbacks.phase, static_cast<uint32_t>(now));
  }
}

void ForgetCallbackThread() {
  g_callbacks.thread.store(0, std::memory_order_relaxed);
  g_callbacks.main_ends.store(0, std::memory_order_relaxed);
  g_callbacks.phase.store(static_cast<uint32_t>(CallbackPhase::kIdle),
                          std::memory_order_relaxed);
}

}  // namespace ckpt::core
