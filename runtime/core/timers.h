// timers.h - the program's POSIX timers at a checkpoint and after a restart
// (docs/restart.md). Which there are and how they are set the kernel tells;
// what it does not tell is in track/timers.

#ifndef CKPT_CORE_TIMERS_H
#define CKPT_CORE_TIMERS_H

#include "base/arena.h"
#include "base/line.h"
#include "core/pending.h"
#include "core/thread_list.h"
#include "image/format.h"
#include "restore/plan.h"
#include "sys/signal.h"

namespace ckpt::core {

// World stopped. The timers, ascending in id, when `threads` have been
// recorded; what they have sent and nobody has got yet is taken out of the
// process's queue, and GiveTimersBack puts it back. What others have sent under
// the same numbers goes into *table. `*others`: all signals but those that
// waited for the process and only timers have sent. False with a reason if one
// cannot be carried.
bool RecordTimers(Arena arena, const ThreadList& list,
                  Span<image::ThreadRecord> threads, PendingTable* table,
                  Span<image::TimerRecord>* out, sys::SignalSet* others,
                  Line* reason);

// World stopped, all is saved. In the run that goes on.
void GiveTimersBack(Span<image::TimerRecord> timers,
                    Span<image::ThreadRecord> threads);

// In a restored process, before its threads run.
void RestoreTimers(const restore::Plan& plan);

}  // namespace ckpt::core

#endif
