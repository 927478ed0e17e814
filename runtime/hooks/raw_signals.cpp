// raw_signals.cpp - signal calls by number (syscall(2)): as by name, but with
// the kernel's own structures. Partners: raw_syscall.cpp, signals.cpp.

#include <errno.h>
#include <sys/syscall.h>

#include "hooks/libc.h"
#include "hooks/signals.h"
#include "sys/x86_64/frame.h"

namespace ckpt::hooks {
namespace {

// The kernel's size of a set; of a call that gives another one nothing is
// changed: it fails.
constexpr long kSetSize = sizeof(sys::SignalSet);

// With one argument replaced.
long CallWith(long number, const long* a, int index, const void* value) {
  long changed[6] = {a[0], a[1], a[2], a[3], a[4], a[5]};
  changed[index] = reinterpret_cast<long>(value);
  return sys::__ckpt_raw_syscall(changed, number);
}

// A call that takes a set of signals to block or to wait for, by pointer, at
// `index`, and its size at `size_index`.
long CallWithSet(long number, const long* a, int index, int size_index) {
  const auto* given = reinterpret_cast<const sys::SignalSet*>(a[index]);
  if (given == nullptr || a[size_index] != kSetSize) {
    return sys::__ckpt_raw_syscall(a, number);
  }
  const sys::SignalSet set = *given & ~Reserved();
  return CallWith(number, a, index, &set);
}

sys::KernelAction ToKernelAction(const struct sigaction& action) {
  return {reinterpret_cast<uint64_t>(action.sa_handler),
          static_cast<uint64_t>(action.sa_flags),
          reinterpret_cast<uint64_t>(action.sa_restorer),
          action.sa_mask.__val[0]};
}

struct sigaction FromKernelAction(const sys::KernelAction& action) {
  struct sigaction r = {};
  r.sa_handler = reinterpret_cast<sighandler_t>(action.handler);
  r.sa_flags = static_cast<int>(action.flags);
  r.sa_restorer = reinterpret_cast<void (*)()>(action.restorer);
  r.sa_mask.__val[0] = action.mask;
  return r;
}

long Action(const long* a) {
  const int signal = static_cast<int>(a[0]);
  const auto* action = reinterpret_cast<const sys::KernelAction*>(a[1]);
  auto* old = reinterpret_cast<sys::KernelAction*>(a[2]);
  if (a[3] != kSetSize) return sys::__ckpt_raw_syscall(a, __NR_rt_sigaction);
  if (IsWithheld(signal)) return -EINVAL;
  if (IsExitSignal(signal)) {
    const struct sigaction before = g_exit_action;
    if (action != nullptr) g_exit_action = FromKernelAction(*action);
    if (old != nullptr) *old = ToKernelAction(before);
    return 0;
  }
  sys::KernelAction own;
  if (action != nullptr) {
    own = *action;
    ToKernel(&own.handler, own.flags, &own.mask);
  }
  const long r = CallWith(__NR_rt_sigaction, a, 1,
                          action != nullptr ? &own : nullptr);
  if (r == 0 && old != nullptr) ToProgram(&old->handler, &old->mask);
  return r;
}

long MaskCall(const long* a) {
  // Unblocking the reserved ones does no harm.
  return a[0] == SIG_UNBLOCK ? sys::__ckpt_raw_syscall(a, __NR_rt_sigprocmask)
                             : CallWithSet(__NR_rt_sigprocmask, a, 1, 3);
}

}  // namespace

bool SignalCall(long number, const long* a, long* result) {
  long r;
  switch (number) {
    case __NR_rt_sigaction:
      r = Action(a);
      break;
    case __NR_rt_sigprocmask:
      r = MaskCall(a);
      break;
    case __NR_signalfd:
    case __NR_signalfd4:
      r = CallWithSet(number, a, 1, 2);
      break;
    default:
      return false;
  }
  if (r > -4096 && r < 0) {
    errno = static_cast<int>(-r);
    r = -1;
  }
  *result = r;
  return true;
}

}  // namespace ckpt::hooks
