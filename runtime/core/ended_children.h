// ended_children.h - children that had ended at the checkpoint and were not
// waited for. A restored process has none in the kernel: what the program's
// wait shall find stands in this table, which is part of the image (hooks/wait
// looks here first). In the run that goes on the kernel has them, and the table
// is empty but for the moment in which its memory is saved.

#ifndef CKPT_CORE_ENDED_CHILDREN_H
#define CKPT_CORE_ENDED_CHILDREN_H

#include <signal.h>
#include <stdint.h>

namespace ckpt::core {

constexpr uint32_t kMaxEnded = 1024;

// How a child ended, in the words of waitid(2).
struct EndedChild {
  int32_t pid;     // as the program knows it
  int32_t group;   // its process group then
  int32_t own_group;  // 1: that was the program's
  int32_t clone_child;  // 1: it has not told its end by SIGCHLD
  uint32_t uid;
  int32_t code;    // CLD_EXITED, CLD_KILLED, CLD_DUMPED
  int32_t status;  // exit code or signal
};

// World stopped. Enters a child for the image; false if there is no room.
bool RecordEnded(const EndedChild& child);
// World stopped, memory is saved: the kernel still has what was recorded.
void DropRecorded();
// In a restored process, before its threads run: what was recorded counts.
void AdoptRecorded();

// In a forked child: they are not its own.
void ForgetEnded();

// What waitid(type, id, ..., options) asks for. Takes a child that matches out
// of the table (WNOWAIT: leaves it in) and describes it in *info. False if
// there is none. Any thread, handlers included.
bool TakeEnded(int type, int32_t id, int options, siginfo_t* info);

// True if child `pid` is in the table.
bool IsEnded(int32_t pid);

// The status that wait(2) gives for *info.
int WaitStatus(const siginfo_t& info);

}  // namespace ckpt::core

#endif
