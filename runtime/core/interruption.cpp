// interruption.cpp - see interruption.h.

#include "core/interruption.h"

#include <errno.h>
#include <fcntl.h>
#include <time.h>

#include "sys/process.h"
#include "sys/signal.h"
#include "sys/x86_64/frame.h"
#include "track/registry.h"

namespace ckpt::core {

namespace {

// System calls for which EINTR means that nothing has happened, and whose
// arguments are still what they were: running them again hides the signal.
// Never close or connect.
bool MayRunAgain(long number, const ucontext_t* context) {
  switch (number) {
    case __NR_futex:
    case __NR_poll:
    case __NR_ppoll:
    case __NR_select:
    case __NR_pselect6:
    case __NR_epoll_wait:
    case __NR_epoll_pwait:
    case __NR_epoll_pwait2:
    case __NR_pause:
    case __NR_rt_sigsuspend:
    case __NR_rt_sigtimedwait:
    case __NR_read:
    case __NR_write:
    case __NR_accept:
    case __NR_accept4:
    case __NR_recvfrom:
    case __NR_recvmsg:
    case __NR_sendto:
    case __NR_sendmsg:
    case __NR_msgrcv:
    case __NR_msgsnd:
    case __NR_semop:
    case __NR_semtimedop:
    case __NR_wait4:
    case __NR_waitid:
    case __NR_flock:
      return true;
    case __NR_clock_nanosleep:
      return context->uc_mcontext.gregs[REG_RSI] == TIMER_ABSTIME;
    default:
      return false;
  }
}

// System calls that the kernel has begun again by itself, because our handler
// is SA_RESTART, and that a handler which is not would have ended.
bool MayBeEnded(long number, const ucontext_t* context) {
  switch (number) {
    case __NR_readv:
    case __NR_writev:
    case __NR_open:
    case __NR_openat:
    case __NR_connect:
    case __NR_ioctl:
    case __NR_mq_timedsend:
    case __NR_mq_timedreceive:
      return true;
    case __NR_fcntl:
      return context->uc_mcontext.gregs[REG_RSI] == F_SETLKW ||
             context->uc_mcontext.gregs[REG_RSI] == F_OFD_SETLKW;
    default:
      return MayRunAgain(number, context);
  }
}

// Signals that wait to be delivered to the thread when it returns to `context`.
sys::SignalSet Deliverable(const ucontext_t* context) {
  sys::SignalSet pending = 0, blocked;
  sys::Raw(__NR_rt_sigpending, &pending, sizeof(pending));
  __builtin_memcpy(&blocked, &context->uc_sigmask, sizeof(blocked));
  return pending & ~blocked;
}

// True if one of `signals` has a handler of the program's, and one without
// `flags`: not every signal that waits is going to be noticed.
bool Handled(sys::SignalSet signals, uint64_t without_flags) {
  for (int signal = 1; signal <= 64; ++signal) {
    if ((signals & sys::SignalBit(signal)) == 0) continue;
    sys::KernelAction action{};
    sys::SetAction(signal, nullptr, &action);
    if (action.handler > 1 && (action.flags & without_flags) == 0) return true;
  }
  return false;
}

// In a handler. The clock of a thread's timeout, in nanoseconds.
uint64_t Now(const track::Timeout& timeout) {
  return sys::NowNs(static_cast<clockid_t>(timeout.clock));
}

// In a handler. Makes the call that is about to run again wait for what is left
// of its timeout. The registers are the call's arguments: those by which it is
// recognised, and the one that holds the timeout.
void ShortenTimeout(long number, greg_t* regs) {
  const track::Slot* slot = track::t_slot;
  if (slot == nullptr || slot->timeout.call != number) return;
  const track::Timeout& timeout = slot->timeout;
  const uint64_t now = Now(timeout);
  const uint64_t left =
      timeout.deadline_ns > now ? timeout.deadline_ns - now : 0;
  int recognised, held = -1;
  switch (number) {
    case __NR_poll:
      recognised = REG_RDI;
      held = REG_RDX;
      break;
    case __NR_epoll_wait:
    case __NR_epoll_pwait:
      recognised = REG_RSI;
      held = REG_R10;
      break;
    case __NR_rt_sigtimedwait:
      recognised = REG_RDX;
      break;
    case __NR_epoll_pwait2:
    case __NR_semtimedop:
    case __NR_futex:
      recognised = REG_R10;
      break;
    default:
      return;  // to a deadline: as it is
  }
  if (regs[recognised] != static_cast<greg_t>(timeout.argument)) return;
  if (held >= 0) {
    // Never early: milliseconds, rounded up.
    regs[held] = static_cast<greg_t>((left + 999999) / 1000000);
  } else {
    *reinterpret_cast<timespec*>(timeout.argument) = sys::ToTimespec(left);
  }
}

}  // namespace

void HideInterruption(ucontext_t* context) {
  greg_t* regs = context->uc_mcontext.gregs;
  const sys::CallState state = sys::StateOfCall(context);
  const long number = sys::CallNumber(context);
  if (number < 0) return;
  if (state == sys::CallState::kBefore) {
    // Set back for our sake, while the program's own signal came that would
    // have ended it.
    if (sys::IsSetBack(context) && MayBeEnded(number, context) &&
        Handled(Deliverable(context), SA_RESTART)) {
      regs[REG_RIP] += 2;
      regs[REG_RAX] = -EINTR;
    }
    return;
  }
  if (!MayRunAgain(number, context) || Handled(Deliverable(context), 0)) {
    return;
  }
  ShortenTimeout(number, regs);
  regs[REG_RIP] -= 2;
  regs[REG_RAX] = number;
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
        frame->uc_mcontext.gregs[REG_RDX] ==
            static_cast<greg_t>(timeout.argument)) {
      *reinterpret_cast<timespec*>(timeout.argument) =
          sys::ToTimespec(timeout.deadline_ns);
    }
  }
}

}  // namespace ckpt::core
