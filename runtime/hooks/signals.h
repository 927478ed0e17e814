// signals.h - the signals that stay out of the program's hands.

#ifndef CKPT_HOOKS_SIGNALS_H
#define CKPT_HOOKS_SIGNALS_H

#include <signal.h>

#include "sys/signal.h"

namespace ckpt::hooks {

// The stop signal, and the one of -x.
sys::SignalSet Reserved();

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
