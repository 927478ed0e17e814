// namespaces.h - what a restart needs of user and time namespaces. In the
// process to be restored, or a guardian, while it has one thread.

#ifndef CKPT_RESTORE_NAMESPACES_H
#define CKPT_RESTORE_NAMESPACES_H

#include <stdint.h>

#include "base/line.h"

namespace ckpt::restore {

// In the first process of a new user namespace: the ids outside are the ids
// inside.
bool MapIds(uint64_t uid, uint64_t gid);

// Clocks that the program has seen: CLOCK_MONOTONIC and CLOCK_BOOTTIME, in
// nanoseconds.
struct Clocks {
  uint64_t monotonic_ns, boottime_ns;
};

// Moves the process into a time namespace where the clocks say no less than
// `seen` (time_namespaces(7)), if they are behind: on a machine that was booted
// later. *shift_ns is how far CLOCK_MONOTONIC has jumped by it. False with the
// reason in *why if there is no such namespace to be had.
bool CatchUp(const Clocks& seen, int64_t* shift_ns, Line* why);

}  // namespace ckpt::restore

#endif
