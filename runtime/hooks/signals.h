// signals.h - the signals that stay out of the program's hands.

#ifndef CKPT_HOOKS_SIGNALS_H
#define CKPT_HOOKS_SIGNALS_H

#include <signal.h>

#include "sys/signal.h"

namespace ckpt::hooks {

// The stop signal, and the one of -x.
sys::SignalSet Reserved();

// True for the stop signal, which the program cannot have. One line says so
// when it is asked for by its number.
bool IsWithheld(int signal);
// EINVAL.
int RefuseSignal();

// True for the signal of -x, whose disposition the program only believes to
// have arranged.
bool IsExitSignal(int signal);
extern constinit struct sigaction g_exit_action;

// What the kernel is told of an action of the program's: an entry of ours for
// its handler, and a mask without the reserved signals.
void ToKernel(uint64_t* handler, uint64_t flags, uint64_t* mask);
// And back.
void ToProgram(uint64_t* handler, uint64_t* mask);

// System calls by number that have to do with signals (syscall(2)). True if it
// was one; its result, with errno.
bool SignalCall(long number, const long* arguments, long* result);

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

}  // namespace ckpt::hooks

#endif
