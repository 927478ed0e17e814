// safepoint.h - where a thread stands while the world is stopped: the handler
// of the stop signal. Partner: core/stop_the_world (the coordinator's side),
// core/resume (how a restored thread comes back into it).

#ifndef CKPT_CORE_SAFEPOINT_H
#define CKPT_CORE_SAFEPOINT_H

#include <signal.h>
#include <stdint.h>

#include <atomic>

#include "sys/futex.h"
#include "sys/signal.h"
#include "track/registry.h"

namespace ckpt::core {

// The word between coordinator and threads. A stop is on while requested !=
// released; both only grow, and are equal when no stop is on.
struct StopWord {
  sys::Word requested{0};  // number of the stop that is on. Coordinator only
  sys::Word released{0};   // the last stop that is over. Coordinator only
  // Threads parked in the stop that is on, and threads that have left it, in
  // the lower half; the stop's number in the upper one, so that a thread late
  // from a stop that was given up is not counted in the next.
  sys::Word arrived{0};
  sys::Word left{0};
  // Threads that go on for a moment and want the signal again.
  sys::Word deferred{0};
  // The C library's handlers of its own signals (cancellation, set*id), 0 if it
  // has none yet. Set by the coordinator before `requested`.
  std::atomic<uint64_t> internal_handlers[2] = {};
  // Wake the coordinator at this number of `arrived`, of `left`.
  std::atomic<uint32_t> expected{~0u};
  std::atomic<uint32_t> leaving{0};
  // The C library's handler of the signal that is borrowed from it.
  std::atomic<uint64_t> lender{0};
};
extern constinit StopWord g_stop;

constexpr uint32_t kCountMask = 0xffff;
constexpr uint32_t CountOf(uint32_t word) { return word & kCountMask; }
constexpr uint32_t NoneIn(uint32_t stop) { return stop << 16; }

// Installs the handlers of the stop signal and of -x. 0 or -errno.
long InstallHandlers();

// The C library's helper threads (of asynchronous I/O, notifications, timers)
// block every signal for ever, but for this one of its own, by which set*id
// reaches them. It is borrowed for them: what is not ours goes on to its
// handler.
constexpr int kBorrowedSignal = sys::kFirstInternalSignal + 1;
// Coordinator. Stops a thread by it. 0 or -errno.
long SendBorrowed(int tid);
// The C library's handlers of its own signals, 0 if there is none.
uint64_t InternalHandler(int signal);

// In a hook, at its end: the stop that the thread has put off.
void StopDeferred(track::Slot* slot);
inline void StopIfDeferred(track::Slot* slot) {
  if (__builtin_expect(slot->deferred.load(std::memory_order_relaxed) != 0,
                       0)) {
    StopDeferred(slot);
  }
}

// In a handler: counts the thread as parked in the stop that is on and waits
// for its end.
void Park(track::Slot* slot, uint32_t stop);

// In a handler or a restored thread that is parked: waits for the end of the
// stop, and counts the thread as gone from it.
void WaitForRelease(track::Slot* slot, uint32_t stop);

}  // namespace ckpt::core

extern "C" {
// sa_restorer: rt_sigreturn, in the bytes by which debuggers know it.
void __ckpt_sigreturn();
// Where the restorer sends a restored thread: rdi is its Slot, rsi its record
// in the plan, rsp lies below its signal frame.
void __ckpt_resume_entry();
}

#endif
