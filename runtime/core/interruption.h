// interruption.h - what a stopped thread notices of the system call that the
// stop has interrupted: nothing. Partners: core/safepoint (a stop in this
// life), core/resume (after a restart), hooks/waits (timeouts).

#ifndef CKPT_CORE_INTERRUPTION_H
#define CKPT_CORE_INTERRUPTION_H

#include <ucontext.h>

namespace ckpt::core {

// In a handler: what rt_sigreturn shall find. A system call that our signal has
// interrupted and that had done nothing is made to run again, unless a signal
// of the program's is waiting, whose EINTR it then is (signal(7)).
void HideInterruption(ucontext_t* context);

}  // namespace ckpt::core

#endif
