// signals.cpp - doors of the signal calls: the stop signal, and that of -x,
// stay out of the program's handlers and masks (sigfillset leaves out only what
// the C library keeps for itself).

#include <errno.h>

#include "core/safepoint.h"
#include "core/state.h"
#include "hooks/libc.h"
#include "hooks/signals.h"

namespace {

using ckpt::core::g_state;
using ckpt::hooks::Real;
using ckpt::hooks::WithoutReserved;

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

sys::SignalSet Reserved() {
  sys::SignalSet set = 0;
  if (g_state.stop_signal != 0)
    set |= sys::SignalBit(g_state.stop_signal);
  if (g_state.options.exit_signal != 0 && core::InOwnProcess()) {
    set |= sys::SignalBit(g_state.options.exit_signal);
  }
  return set;
}

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
  copy.sa_mask.__val[0] &= ~ckpt::hooks::Reserved();
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

int __ckpt_signalfd(int fd, const sigset_t* set, int flags) __THROW {
  return Real().signalfd(fd, WithoutReserved(set).get(), flags);
}

int __ckpt_ppoll(pollfd* fds, nfds_t count, const timespec* timeout,
                 const sigset_t* set) {
  return Real().ppoll(fds, count, timeout, WithoutReserved(set).get());
}

int __ckpt___ppoll_chk(pollfd* fds, nfds_t count, const timespec* timeout,
                       const sigset_t* set, size_t size) {
  return Real().__ppoll_chk(fds, count, timeout, WithoutReserved(set).get(),
                            size);
}

int __ckpt_pselect(int count, fd_set* reading, fd_set* writing, fd_set* except,
                   const timespec* timeout, const sigset_t* set) {
  return Real().pselect(count, reading, writing, except, timeout,
                        WithoutReserved(set).get());
}
