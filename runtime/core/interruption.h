// interruption.h - the program does not notice that a signal of ours has
// interrupted a system call. Partners: core/safepoint (the handlers that end
// with it), core/resume (a restored thread does), hooks/timeouts (who notes
// until when a call was to wait).

#ifndef CKPT_CORE_INTERRUPTION_H
#define CKPT_CORE_INTERRUPTION_H

#include <ucontext.h>

#include "track/registry.h"

namespace ckpt::core {

// In a handler, at its end: what rt_sigreturn shall find. A system call that
// our signal has interrupted and that had done nothing is made to run again,
// for the time that is left of its timeout, unless a signal of the program's is
// waiting, whose EINTR it then is (signal(7)).
void HideInterruption(ucontext_t* context);

// In a handler of the program's, before any of its code: an interruption that
// has been hidden in `context` is this signal's now where POSIX says so, and
// one that is seen will not be hidden any more. Called by the entries of
// handlers (track/handlers), for frames that it may concern.
void EnterProgramHandler(ucontext_t* context, bool restarts);

// World stopped, after a restart: what threads wait for by a relative timeout
// comes that much later which the clocks have moved on since the checkpoint:
// those in `then`, and the kernel's clock of the process's processor time.
void ShiftTimeouts(uint32_t stop, const image::ProcessRecord& then,
                   int64_t cpu_time_moved_ns);

}  // namespace ckpt::core

#endif
