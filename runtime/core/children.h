// children.h - a checkpoint and the children of the program: it waits until
// none of them lives, and takes those with it that have ended and were not
// waited for (core/ended_children). Coordinator only, but where it says
// otherwise; no libc.

#ifndef CKPT_CORE_CHILDREN_H
#define CKPT_CORE_CHILDREN_H

#include <stdint.h>

#include "base/line.h"

namespace ckpt::core {

// How long a checkpoint that is due waits for children to end.
constexpr uint64_t kChildPatienceUs = 10000000;

struct LivingChild {
  int32_t pid = 0;        // 0: none lives
  int32_t outer_pid = 0;  // as others know it
};

// Any child that lives. Any thread, handlers included.
LivingChild FindLivingChild();

// "child process 1234 (name) lives".
Line Describe(const LivingChild& child);

// Sleeps until the child has ended, but not for long.
void AwaitEnd(const LivingChild& child);

enum class ChildrenAtStop {
  kRecorded,  // all have ended, or there are none
  kLiving,    // one lives, or is just being waited for: release, and again
  kTooMany,   // have ended: no room
  kUnlisted,  // the kernel knows of one that /proc does not show
};

// World stopped in stop `stop`: enters the children that have ended into the
// table. DropRecorded (core/ended_children) must follow before the release.
ChildrenAtStop RecordChildren(uint32_t stop);

}  // namespace ckpt::core

#endif
