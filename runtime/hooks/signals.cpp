// signals.cpp - doors of the signal calls: the stop signal, and that of -x,
// stay out of the program's handlers and masks (sigfillset leaves out only what
// the C library keeps for itself).

#include <errno.h>

#include "core/safepoint.h"
#include "core/state.h"
#include "hooks/libc.h"
#include "hooks/waits.h"
#include "sys/signal.h"

namespace {

using ckpt::core::g_state;
using ckpt::hooks::Real;
using ckpt::sys::SignalSet;

SignalSet Reserved() {
  SignalSet set = 0;
  if (g_state.stop_signal != 0)
    set |= ckpt::sys::SignalBit(g_state.stop_signal);
  if (g_state.options.exit_signal != 0 && ckpt::core::InOwnProcess()) {
    set |= ckpt::sys::SignalBit(g_state.options.exit_signal);
  }
  return set;
}

// A copy of a set without the reserved signals. The first word of the C
// library's set is the kernel's.
class WithoutReserved {
 public:
  explicit WithoutReserved(const sigset_t* set) : given_(set) {
    if (set == nullptr) return;
    copy_ = *set;
    copy_.__val[0] &= ~Reserved();
  }
  const sigset_t* get() const { return given_ != nullptr ? &copy_ : nullptr; }

 private:
  const sigset_t* given_;
  sigset_t copy_;
};

// What the program believes to have arranged for the signal of -x.
constinit struct sigaction g_exit_action = {};

bool IsStopSignal(int signal) {
  return signal != 0 && signal == g_state.stop_signal;
}
bool IsExitSignal(int signal) {
  return signal != 0 && signal == g_state.options.exit_signal &&
         ckpt::core::InOwnProcess();
}

}  // namespace

namespace ckpt::hooks {

void GiveBackExitSignal() {
  if (g_state.options.exit_signal != 0) {
    Real().sigaction(g_state.options.exit_signal, &g_exit_action, nullptr);
  }
}

void TakeExitSignal() {
  if (g_state.options.exit_signal != 0) {
    Real().sigaction(g_state.options.exit_signal, nullptr, &g_exit_action);
    core::InstallHandlers();
  }
}

}  // namespace ckpt::hooks

int __ckpt_sigaction(int signal, const struct sigaction* action,
                     struct sigaction* old) __THROW {
  if (IsStopSignal(signal)) {
    errno = EINVAL;  // as for the signals that the C library keeps for itself
    return -1;
  }
  if (IsExitSignal(signal)) {
    if (old != nullptr) *old = g_exit_action;
    if (action != nullptr) g_exit_action = *action;
    return 0;
  }
  if (action == nullptr) return Real().sigaction(signal, action, old);
  struct sigaction copy = *action;
  copy.sa_mask.__val[0] &= ~Reserved();
  return Real().sigaction(signal, &copy, old);
}

sighandler_t __ckpt_signal(int signal, sighandler_t handler) __THROW {
  if (IsStopSignal(signal)) {
    errno = EINVAL;
    return SIG_ERR;
  }
  if (IsExitSignal(signal)) {
    const sighandler_t old = g_exit_action.sa_handler;
    g_exit_action.sa_handler = handler;
    return old;
  }
  return Real().signal(signal, handler);
}

int __ckpt_sigprocmask(int how, const sigset_t* set, sigset_t* old) __THROW {
  const WithoutReserved s(set);
  return Real().sigprocmask(how, how == SIG_UNBLOCK ? set : s.get(), old);
}

int __ckpt_pthread_sigmask(int how, const sigset_t* set,
                           sigset_t* old) __THROW {
  const WithoutReserved s(set);
  return Real().pthread_sigmask(how, how == SIG_UNBLOCK ? set : s.get(), old);
}

int __ckpt_sigsuspend(const sigset_t* set) {
  return Real().sigsuspend(WithoutReserved(set).get());
}

int __ckpt_sigwait(const sigset_t* set, int* signal) {
  return Real().sigwait(WithoutReserved(set).get(), signal);
}

int __ckpt_sigwaitinfo(const sigset_t* set, siginfo_t* info) {
  return Real().sigwaitinfo(WithoutReserved(set).get(), info);
}

int __ckpt_sigtimedwait(const sigset_t* set, siginfo_t* info,
                        const timespec* timeout) {
  ckpt::hooks::Timespec left(timeout);
  return Real().sigtimedwait(WithoutReserved(set).get(), info, left.get());
}

int __ckpt_signalfd(int fd, const sigset_t* set, int flags) __THROW {
  return Real().signalfd(fd, WithoutReserved(set).get(), flags);
}

int __ckpt_ppoll(pollfd* fds, nfds_t count, const timespec* timeout,
                 const sigset_t* set) {
  return Real().ppoll(fds, count, timeout, WithoutReserved(set).get());
}

int __ckpt_pselect(int count, fd_set* reading, fd_set* writing, fd_set* except,
                   const timespec* timeout, const sigset_t* set) {
  return Real().pselect(count, reading, writing, except, timeout,
                        WithoutReserved(set).get());
}

int __ckpt_epoll_pwait(int fd, epoll_event* events, int capacity, int timeout,
                       const sigset_t* set) {
  const ckpt::hooks::Milliseconds left(timeout);
  return Real().epoll_pwait(fd, events, capacity, timeout,
                            WithoutReserved(set).get());
}

int __ckpt_epoll_pwait2(int fd, epoll_event* events, int capacity,
                        const timespec* timeout, const sigset_t* set) {
  ckpt::hooks::Timespec left(timeout);
  return Real().epoll_pwait2(fd, events, capacity, left.get(),
                             WithoutReserved(set).get());
}
