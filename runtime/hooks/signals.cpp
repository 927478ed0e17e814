// signals.cpp - doors of the signal calls: the stop signal, and that of -x,
// stay out of the program's handlers and masks (sigfillset leaves out only what
// the C library keeps for itself).

#include <errno.h>

#include <atomic>

#include "core/message.h"
#include "core/safepoint.h"
#include "core/state.h"
#include "hooks/libc.h"
#include "hooks/signals.h"
#include "track/handlers.h"

using ckpt::core::g_state;
using ckpt::hooks::IsExitSignal;
using ckpt::hooks::IsWithheld;
using ckpt::hooks::Real;
using ckpt::hooks::RefuseSignal;
using ckpt::hooks::Reserved;
using ckpt::hooks::WithoutReserved;

namespace {

// Signals whose handlers are to interrupt system calls (siginterrupt), when
// they are set by a call that cannot say so itself.
constinit std::atomic<uint64_t> g_interrupting{0};
// The program has asked for a signal that nobody can have: it goes through all
// of them, and does not mean ours.
constinit std::atomic<uint32_t> g_asks_for_all{0};
constinit std::atomic<uint32_t> g_told{0};

}  // namespace

namespace ckpt::hooks {

constinit struct sigaction g_exit_action = {};

sys::SignalSet Reserved() {
  sys::SignalSet set = 0;
  if (g_state.stop_signal != 0)
    set |= sys::SignalBit(g_state.stop_signal);
  if (g_state.options.exit_signal != 0 && core::InOwnProcess()) {
    set |= sys::SignalBit(g_state.options.exit_signal);
  }
  return set;
}

bool IsWithheld(int signal) {
  if (signal == SIGKILL || signal == SIGSTOP ||
      signal == sys::kFirstInternalSignal ||
      signal == sys::kFirstInternalSignal + 1) {
    g_asks_for_all.store(1, std::memory_order_relaxed);
  }
  if (signal == 0 || signal != g_state.stop_signal) return false;
  const Line text = Line()
                        .Str("signal ")
                        .Dec(static_cast<uint64_t>(signal))
                        .Str(" stops the threads for checkpoints and cannot be "
                             "the program's: choose another one with -s");
  if (g_told.exchange(1, std::memory_order_relaxed) != 0) return true;
  if (g_asks_for_all.load(std::memory_order_relaxed) != 0) {
    core::SayVerbose(text);
  } else {
    core::Say(text);
  }
  return true;
}

int RefuseSignal() {
  errno = EINVAL;  // as for the signals that the C library keeps for itself
  return -1;
}

bool IsExitSignal(int signal) {
  return signal != 0 && signal == g_state.options.exit_signal &&
         core::InOwnProcess();
}

// Of the bits of track::Handler::withheld.
constexpr uint32_t kStopWithheld = 1, kExitWithheld = 2;

sys::SignalSet Bit(int signal) {
  return signal != 0 ? sys::SignalBit(signal) : 0;
}

void ToKernel(uint64_t* handler, uint64_t flags, uint64_t* mask) {
  const sys::SignalSet taken = *mask & Reserved();
  *mask &= ~taken;
  if (*handler <= 1 || g_state.stop_signal == 0) return;
  const uint32_t withheld =
      ((taken & Bit(g_state.stop_signal)) != 0 ? kStopWithheld : 0) |
      ((taken & Bit(g_state.options.exit_signal)) != 0 ? kExitWithheld : 0);
  *handler = track::EntryOf({*handler, (flags & SA_RESTART) != 0, withheld});
}

void ToProgram(uint64_t* handler, uint64_t* mask) {
  const track::Handler own = track::HandlerAt(*handler);
  *handler = own.address;
  if ((own.withheld & kStopWithheld) != 0) *mask |= Bit(g_state.stop_signal);
  if ((own.withheld & kExitWithheld) != 0) {
    *mask |= Bit(g_state.options.exit_signal);
  }
}

void GiveBackExitSignal() {
  if (g_state.options.exit_signal != 0) {
    __ckpt_sigaction(g_state.options.exit_signal, &g_exit_action, nullptr);
  }
}

void TakeExitSignal() {
  if (g_state.options.exit_signal != 0) {
    __ckpt_sigaction(g_state.options.exit_signal, nullptr, &g_exit_action);
    core::InstallHandlers();
  }
}

}  // namespace ckpt::hooks

namespace {

// The C library's sigaction under either of its names.
int Arrange(int (*real)(int, const struct sigaction*, struct sigaction*),
            int signal, const struct sigaction* action,
            struct sigaction* old) {
  if (IsWithheld(signal)) return RefuseSignal();
  if (IsExitSignal(signal)) {
    const struct sigaction before = ckpt::hooks::g_exit_action;
    if (action != nullptr) ckpt::hooks::g_exit_action = *action;
    if (old != nullptr) *old = before;
    return 0;
  }
  struct sigaction copy;
  if (action != nullptr) {
    copy = *action;
    auto handler = reinterpret_cast<uint64_t>(copy.sa_handler);
    ckpt::hooks::ToKernel(&handler, static_cast<uint64_t>(copy.sa_flags),
                          &copy.sa_mask.__val[0]);
    copy.sa_handler = reinterpret_cast<sighandler_t>(handler);
  }
  const int r = real(signal, action != nullptr ? &copy : nullptr, old);
  if (r == 0 && old != nullptr) {
    auto handler = reinterpret_cast<uint64_t>(old->sa_handler);
    ckpt::hooks::ToProgram(&handler, &old->sa_mask.__val[0]);
    old->sa_handler = reinterpret_cast<sighandler_t>(handler);
  }
  return r;
}

// The older calls, which take a handler alone; `restarts`: as SA_RESTART.
sighandler_t SetHandler(sighandler_t (*real)(int, sighandler_t), int signal,
                        sighandler_t handler, bool restarts) {
  if (IsWithheld(signal)) {
    RefuseSignal();
    return SIG_ERR;
  }
  if (IsExitSignal(signal)) {
    struct sigaction& action = ckpt::hooks::g_exit_action;
    const sighandler_t old = action.sa_handler;
    action.sa_handler = handler;
    return old;
  }
  auto address = reinterpret_cast<uint64_t>(handler);
  uint64_t mask = 0;
  // SIG_ERR and SIG_HOLD are no addresses.
  if (handler != SIG_ERR && handler != SIG_HOLD) {
    ckpt::hooks::ToKernel(&address, restarts ? SA_RESTART : 0, &mask);
  }
  const sighandler_t old =
      real(signal, reinterpret_cast<sighandler_t>(address));
  if (old == SIG_ERR || old == SIG_HOLD) return old;
  address = reinterpret_cast<uint64_t>(old);
  ckpt::hooks::ToProgram(&address, &mask);
  return reinterpret_cast<sighandler_t>(address);
}

bool Restarts(int signal) {
  return signal < 1 || signal > 64 ||
         (g_interrupting.load(std::memory_order_relaxed) &
          ckpt::sys::SignalBit(signal)) == 0;
}

}  // namespace

int __ckpt_sigaction(int signal, const struct sigaction* action,
                     struct sigaction* old) __THROW {
  return Arrange(Real().sigaction, signal, action, old);
}

int __ckpt___sigaction(int signal, const struct sigaction* action,
                       struct sigaction* old) {
  return Arrange(Real().__sigaction, signal, action, old);
}

sighandler_t __ckpt_signal(int signal, sighandler_t handler) __THROW {
  return SetHandler(Real().signal, signal, handler, Restarts(signal));
}

sighandler_t __ckpt_bsd_signal(int signal, sighandler_t handler) {
  return SetHandler(Real().bsd_signal, signal, handler, Restarts(signal));
}

sighandler_t __ckpt_ssignal(int signal, sighandler_t handler) __THROW {
  return SetHandler(Real().ssignal, signal, handler, Restarts(signal));
}

sighandler_t __ckpt_sysv_signal(int signal, sighandler_t handler) __THROW {
  return SetHandler(Real().sysv_signal, signal, handler, false);
}

sighandler_t __ckpt___sysv_signal(int signal, sighandler_t handler) __THROW {
  return SetHandler(Real().__sysv_signal, signal, handler, false);
}

sighandler_t __ckpt_sigset(int signal, sighandler_t handler) __THROW {
  return SetHandler(Real().sigset, signal, handler, false);
}

int __ckpt_sigignore(int signal) __THROW {
  if (IsWithheld(signal)) return RefuseSignal();
  if (IsExitSignal(signal)) {
    ckpt::hooks::g_exit_action.sa_handler = SIG_IGN;
    return 0;
  }
  return Real().sigignore(signal);
}

// The C library changes the flag alone, and leaves the handler what it finds.
int __ckpt_siginterrupt(int signal, int interrupt) __THROW {
  if (IsWithheld(signal)) return RefuseSignal();
  if (IsExitSignal(signal)) return 0;
  const int r = Real().siginterrupt(signal, interrupt);
  if (r != 0) return r;
  const uint64_t bit = ckpt::sys::SignalBit(signal);
  if (interrupt != 0) {
    g_interrupting.fetch_or(bit, std::memory_order_relaxed);
  } else {
    g_interrupting.fetch_and(~bit, std::memory_order_relaxed);
  }
  struct sigaction now;
  if (__ckpt_sigaction(signal, nullptr, &now) == 0 &&
      now.sa_handler != SIG_DFL && now.sa_handler != SIG_IGN) {
    __ckpt_sigaction(signal, &now, nullptr);
  }
  return 0;
}

int __ckpt_sighold(int signal) __THROW {
  if (signal >= 1 && signal <= 64 &&
      (Reserved() & ckpt::sys::SignalBit(signal)) != 0) {
    return 0;
  }
  return Real().sighold(signal);
}

// Masks of an int: signals 1 to 32.
int __ckpt_sigblock(int mask) __THROW {
  return Real().sigblock(mask & ~static_cast<int>(Reserved()));
}

int __ckpt_sigsetmask(int mask) __THROW {
  return Real().sigsetmask(mask & ~static_cast<int>(Reserved()));
}

// The historical one takes a mask, the other a signal.
int __ckpt_sigpause(int mask) {
  return Real().sigpause(mask & ~static_cast<int>(Reserved()));
}

int __ckpt___sigpause(int signal_or_mask, int is_signal) {
  return Real().__sigpause(
      is_signal != 0 ? signal_or_mask
                     : signal_or_mask & ~static_cast<int>(Reserved()),
      is_signal);
}

int __ckpt_pthread_attr_setsigmask_np(pthread_attr_t* attributes,
                                      const sigset_t* set) {
  return Real().pthread_attr_setsigmask_np(attributes,
                                           WithoutReserved(set).get());
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
