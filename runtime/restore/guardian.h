// guardian.h - gives a restored process the ids it had, which takes a parent:
// the guardian, the process that the user started. It hands signals on, stops
// and continues with its child, ends as the child ends, and the child dies with
// it (docs/restart.md). Its memory is whole, so an attempt that fails before
// the program runs can be followed by another.

#ifndef CKPT_RESTORE_GUARDIAN_H
#define CKPT_RESTORE_GUARDIAN_H

#include <stdint.h>

#include "restore/plan.h"

namespace ckpt::restore {

enum class Role {
  kRestored,     // this is the process to restore into
  kUnavailable,  // ids cannot be had this way; nothing has happened
};

// Creates the process with id `pid` (clone3 with set_tid; needs
// CAP_CHECKPOINT_RESTORE or root). Returns in the child, or with kUnavailable
// and *error (-errno) in the caller; otherwise it never returns.
Role GuardSame(int pid, Progress* progress, long* error);

// The same in a user and pid namespace of its own, for any user.
Role GuardNamespace(int pid, Progress* progress, long* error);

}  // namespace ckpt::restore

#endif
