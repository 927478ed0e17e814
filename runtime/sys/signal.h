// signal.h - dispositions, masks and sending, as the kernel sees them
// (rt_sigaction(2) and friends with all 64 signals; the C library hides some).
// Header-only; safe everywhere. Results are the kernel's: a value or -errno.

#ifndef CKPT_SYS_SIGNAL_H
#define CKPT_SYS_SIGNAL_H

#include <signal.h>

#include "sys/x86_64/syscall.h"

namespace ckpt::sys {

// A set of signals: signal n is bit n - 1.
using SignalSet = uint64_t;
constexpr SignalSet kAllSignals = ~0ull;
// The C library has this one and the next for itself (SIGCANCEL, SIGSETXID).
constexpr int kFirstInternalSignal = 32;
constexpr SignalSet SignalBit(int signal) { return 1ull << (signal - 1); }

// The kernel's struct sigaction.
struct KernelAction {
  uint64_t handler;
  uint64_t flags;
  uint64_t restorer;
  SignalSet mask;
};
constexpr uint64_t kSaRestorer = 0x04000000;

inline long SetAction(int signal, const KernelAction* action,
                      KernelAction* old = nullptr) {
  return Raw(__NR_rt_sigaction, signal, action, old, sizeof(SignalSet));
}
inline long SetMask(int how, const SignalSet* set, SignalSet* old = nullptr) {
  return Raw(__NR_rt_sigprocmask, how, set, old, sizeof(SignalSet));
}
inline long ThreadKill(int pid, int tid, int signal) {
  return Raw(__NR_tgkill, pid, tid, signal);
}
// Waits for one of `set`; its number or -errno.
inline long WaitInfo(const SignalSet* set, siginfo_t* info,
                     const timespec* timeout = nullptr) {
  return Raw(__NR_rt_sigtimedwait, set, info, timeout, sizeof(SignalSet));
}

}  // namespace ckpt::sys

#endif
