// interruption.cpp - see interruption.h.

#include "core/interruption.h"

#include <errno.h>
#include <signal.h>
#include <sys/syscall.h>
#include <time.h>

#include "core/blocking_calls.h"
#include "core/state.h"
#include "sys/process.h"
#include "sys/signal.h"
#include "sys/x86_64/frame.h"
#include "track/handlers.h"
#include "track/lock_region.h"
#include "track/registry.h"

namespace ckpt::core {

namespace {

// Signals that wait to be delivered to the thread when it returns to `context`,
// but for ours.
sys::SignalSet Deliverable(const ucontext_t* context) {
  sys::SignalSet pending = 0, blocked;
  sys::Raw(__NR_rt_sigpending, &pending, sizeof(pending));
  __builtin_memcpy(&blocked, &context->uc_sigmask, sizeof(blocked));
  for (int own : {g_state.stop_signal, g_state.options.exit_signal}) {
    if (own != 0) blocked |= sys::SignalBit(own);
  }
  return pending & ~blocked;
}

// True if one of `signals` has a handler of the program's, and one without
// `flags`: not every signal that waits is going to be noticed. One with an
// entry of ours sees by itself to what it interrupts, and exactly when it runs
// in this thread (track/handlers): `direct` leaves it out.
bool Handled(sys::SignalSet signals, uint64_t without_flags, bool direct) {
  for (int signal = 1; signal <= 64; ++signal) {
    if ((signals & sys::SignalBit(signal)) == 0) continue;
    sys::KernelAction action{};
    sys::SetAction(signal, nullptr, &action);
    if (action.handler > 1 && (action.flags & without_flags) == 0 &&
        !(direct && track::IsEntry(action.handler))) {
      return true;
    }
  }
  return false;
}

// In a handler. The clock of a thread's timeout, in nanoseconds.
uint64_t Now(const track::Timeout& timeout) {
  return sys::NowNs(static_cast<clockid_t>(timeout.clock));
}

// A call's arguments, and the registers that they are in.
constexpr int kRegisters[6] = {REG_RDI, REG_RSI, REG_RDX,
                               REG_R10, REG_R8,  REG_R9};
struct Arguments {
  explicit Arguments(const greg_t* regs) {
    for (int i = 0; i < 6; ++i) values[i] = regs[kRegisters[i]];
  }
  operator const long*() const { return values; }
  long values[6];
};

// In a handler. The call is one of which the thread has noted when it is to
// end.
bool IsNoted(long number, int recognised, const Arguments& arguments) {
  const track::Slot* slot = track::t_slot;
  return slot != nullptr && slot->timeout.call == number &&
         arguments[recognised] == static_cast<long>(slot->timeout.argument);
}

// In a handler. Makes the call that is about to run again wait for what is left
// of its timeout, which is noted.
void ShortenTimeout(const RelativeTimeout& relative, greg_t* regs) {
  const track::Timeout& timeout = track::t_slot->timeout;
  const uint64_t now = Now(timeout);
  const uint64_t left =
      timeout.deadline_ns > now ? timeout.deadline_ns - now : 0;
  if (relative.in_ms) {
    regs[kRegisters[relative.argument]] = ToMs(left);
  } else {
    *reinterpret_cast<timespec*>(timeout.argument) = sys::ToTimespec(left);
  }
}

// In a handler. Makes a call with a relative timeout again that no hook has
// seen, under a note as a hook would. Not in its own place: its code may rely
// on the registers that hold the arguments. How long it had waited before this
// first interruption is not known; sleeps with a place for the rest know.
void MakeHere(long number, const RelativeTimeout& relative, uint64_t span_ns,
              ucontext_t* context) {
  greg_t* regs = context->uc_mcontext.gregs;
  track::Slot* slot = track::Self();
  const track::Timeout outer = slot->timeout;
  timespec own = sys::ToTimespec(span_ns);
  Arguments arguments(regs);
  arguments.values[relative.argument] =
      relative.in_ms ? ToMs(span_ns) : reinterpret_cast<long>(&own);
  track::Timeout note{static_cast<uint32_t>(number),
                      static_cast<uint32_t>(relative.clock), 0,
                      static_cast<uint64_t>(arguments[relative.recognised])};
  note.deadline_ns = Now(note) + span_ns;
  slot->timeout = note;
  sys::SignalSet mask;
  __builtin_memcpy(&mask, &context->uc_sigmask, sizeof(mask));
  sys::SetMask(SIG_SETMASK, &mask);
  regs[REG_RAX] = sys::__ckpt_raw_syscall(arguments, number);
  sys::SetMask(SIG_SETMASK, &sys::kAllSignals);
  slot->timeout = outer;
}

}  // namespace

void EnterProgramHandler(ucontext_t* context, bool restarts) {
  const sys::SetBack set_back = sys::SetBackBy(context);
  if (set_back == sys::SetBack::kForAny ||
      (set_back == sys::SetBack::kForSome && !restarts)) {
    sys::EndCall(context);
  }
  sys::Touch(context);
  if (track::t_slot != nullptr) ++track::t_slot->program_handlers;
}

void HideInterruption(ucontext_t* context) {
  greg_t* regs = context->uc_mcontext.gregs;
  const sys::CallState state = sys::StateOfCall(context);
  if (state == sys::CallState::kNone) return;
  if (state == sys::CallState::kBefore) {
    // Set back for our sake. The program's own signal may have come meanwhile
    // that would have ended it, or may come before it is made (track/handlers).
    if (!sys::IsSetBack(context)) return;
    const OnSignal what = WhatASignalDoes(regs[REG_RAX], Arguments(regs));
    if (what == OnSignal::kNotKnown) return;
    const bool for_any = what == OnSignal::kEnds ||
                         sys::SetBackBy(context) == sys::SetBack::kForAny;
    if (Handled(Deliverable(context), for_any ? 0 : SA_RESTART, true)) {
      sys::EndCall(context);
    } else {
      sys::MarkSetBack(context, for_any ? sys::SetBack::kForAny
                                        : sys::SetBack::kForSome);
    }
    return;
  }
  // The program has seen to it already: it comes from a handler of its own.
  if (!sys::HasJustReturned(context)) return;
  if (Handled(Deliverable(context), 0, true)) return;
  // What has done a part goes on with the rest, by its hook.
  if (track::t_slot != nullptr) ++track::t_slot->interruptions;
  if (state != sys::CallState::kEnded) return;
  const long number = sys::CallNumber(context);
  if (number < 0) return;
  const Arguments arguments(regs);
  const OnSignal what = WhatASignalDoes(number, arguments);
  if (what != OnSignal::kEnds && what != OnSignal::kEither) return;
  const RelativeTimeout relative = TimeoutOf(number, arguments);
  if (relative.argument < 0) {
    // A hook has announced the call and goes on with it itself.
    if (IsNoted(number, 0, arguments)) return;
  } else if (IsNoted(number, relative.recognised, arguments)) {
    ShortenTimeout(relative, regs);
  } else {
    uint64_t span_ns;
    if (Given(relative, arguments, &span_ns)) {
      if (Handled(Deliverable(context), 0, false)) return;
      // The kernel may have said how much of it was left.
      if (relative.left >= 0 && arguments[relative.left] != 0) {
        RelativeTimeout rest = relative;
        rest.argument = relative.left;
        Given(rest, arguments, &span_ns);
      }
      MakeHere(number, relative, span_ns, context);
      return;
    }
  }
  regs[REG_RIP] -= 2;
  regs[REG_RAX] = number;
  sys::MarkSetBack(context, sys::SetBack::kForAny);
}

void ShiftTimeouts(uint32_t stop, const image::ProcessRecord& then,
                   int64_t cpu_time_moved_ns) {
  const auto moved_ns = [&](uint32_t clock) -> uint64_t {
    switch (clock) {
      case CLOCK_MONOTONIC:
        return sys::NowNs(CLOCK_MONOTONIC) - then.monotonic_ns;
      case CLOCK_BOOTTIME:
        return sys::NowNs(CLOCK_BOOTTIME) - then.boottime_ns;
      case CLOCK_PROCESS_CPUTIME_ID:
        return static_cast<uint64_t>(cpu_time_moved_ns);
      default:
        return 0;
    }
  };
  track::Slot* slots = track::FirstSlot();
  for (uint32_t i = 0; i < track::SlotCount(); ++i) {
    track::Timeout& timeout = slots[i].timeout;
    if (slots[i].parked.load(std::memory_order_relaxed) != stop ||
        timeout.call == 0) {
      continue;
    }
    timeout.deadline_ns += moved_ns(timeout.clock);
    // A note can be stale: the deadline is written only where the thread is in
    // the call that reads it.
    const auto* frame = reinterpret_cast<const ucontext_t*>(slots[i].frame);
    if (timeout.call == __NR_clock_nanosleep &&
        sys::CallNumber(frame) == __NR_clock_nanosleep &&
        frame->uc_mcontext.gregs[REG_RSI] == TIMER_ABSTIME &&
        frame->uc_mcontext.gregs[REG_RDX] ==
            static_cast<greg_t>(timeout.argument)) {
      *reinterpret_cast<timespec*>(timeout.argument) =
          sys::ToTimespec(timeout.deadline_ns);
    }
  }
}

}  // namespace ckpt::core

// In a handler, before it (track/handlers_x86_64.S).
extern "C" __attribute__((visibility("hidden"))) uint64_t
__ckpt_before_handler(ucontext_t* frame, uint64_t word) {
  if (ckpt::track::Slot* slot = ckpt::track::t_slot) {
    ckpt::track::LeaveLockRegion(slot, frame);
  }
  ckpt::core::EnterProgramHandler(frame, ckpt::track::Restarts(word));
  return word;
}
