// children.h - the children of this process as the kernel tells them
// (waitid(2), proc(5)). No allocation, no libc; nothing here waits, and no
// child is taken away from the program's own wait.

#ifndef CKPT_SYS_CHILDREN_H
#define CKPT_SYS_CHILDREN_H

#include <signal.h>
#include <stdint.h>

#include "base/line.h"

namespace ckpt::sys {

struct Child {
  int32_t pid;        // in the namespace of this process
  int32_t outer_pid;  // as /proc names it
};

enum class ChildState {
  kNone,    // no child, or not any more
  kLiving,
  kEnded,   // and not waited for
};

// True if the process has a child of any thread and any kind, one that has
// ended and was not waited for included.
bool HasChildren();

// What becomes of one; for kEnded *info says how it ended.
ChildState LookAtChild(int32_t pid, siginfo_t* info);

// True if child `pid`, which has ended, does not tell its end by SIGCHLD: such
// a one is only seen by a wait with __WALL or __WCLONE.
bool IsCloneChild(int32_t pid);

// Calls visit(context, child) for each child until it returns false. False if
// /proc cannot tell.
using ChildVisitor = bool (*)(void* context, const Child& child);
bool ForEachChild(ChildVisitor visit, void* context);
// The same for a kernel that has no list of them (CONFIG_PROC_CHILDREN): by the
// parent of every process.
bool ForEachChildByParent(ChildVisitor visit, void* context);

// The name of a process, or "?".
LineOf<20> ProcessName(int32_t outer_pid);

}  // namespace ckpt::sys

#endif
