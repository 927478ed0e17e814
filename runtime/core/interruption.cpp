// interruption.cpp - see interruption.h. Everything here runs in handlers.

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

// A timeout that the kernel would begin afresh: what is left of it, if a hook
// (hooks/waits) has noted when it ends.
void ShortenTimeout(long number, ucontext_t* context) {
  track::Slot* slot = track::Self();
  greg_t& timeout =
      context->uc_mcontext
          .gregs[number == __NR_rt_sigtimedwait ? REG_RDX : REG_R10];
  const uint64_t deadline_ns = slot->wait_deadline_ns;
  // The note of a wait that was cancelled or jumped out of stays behind.
  if (deadline_ns == 0 ||
      static_cast<uint64_t>(timeout) != slot->wait_timeout) {
    return;
  }
  const uint64_t now_ns = sys::NowNs(CLOCK_MONOTONIC);
  const uint64_t left_ns = deadline_ns > now_ns ? deadline_ns - now_ns : 0;
  switch (number) {
    case __NR_epoll_wait:
    case __NR_epoll_pwait:  // in ms
      slot->wait_timeout = (left_ns + 999999) / 1000000;
      timeout = static_cast<greg_t>(slot->wait_timeout);
      return;
    case __NR_epoll_pwait2:
    case __NR_rt_sigtimedwait:
    case __NR_semtimedop:  // in a timespec of the hook's
      *reinterpret_cast<timespec*>(slot->wait_timeout) =
          sys::ToTimespec(left_ns);
      return;
    default:
      return;
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
  regs[REG_RIP] -= 2;
  regs[REG_RAX] = number;
  ShortenTimeout(number, context);
}

}  // namespace ckpt::core
