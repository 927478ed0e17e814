// process.cpp - doors of identity: after a restart the program goes on seeing
// the ids that it knows; a forked child is an ordinary process.

#include <errno.h>

#include "checkpoint.h"
#include "core/ended_children.h"
#include "core/forked.h"
#include "core/identity.h"
#include "core/state.h"
#include "hooks/again.h"
#include "hooks/callbacks.h"
#include "hooks/libc.h"
#include "hooks/signals.h"
#include "track/registry.h"

namespace {

using ckpt::hooks::Again;
using ckpt::hooks::IsWithheld;
using ckpt::hooks::Real;
using ckpt::hooks::RefuseSignal;

// In the child of a fork: nothing of ours goes on.
pid_t Forked(pid_t pid) {
  if (pid == 0 && ckpt::core::BecomeForkedChild()) {
    ckpt::hooks::GiveBackExitSignal();
  }
  return pid;
}

}  // namespace

pid_t __ckpt_getpid() __THROW { return ckpt::core::VisiblePid(); }
pid_t __ckpt_gettid() __THROW { return ckpt::core::VisibleTid(); }

int __ckpt_kill(pid_t pid, int signal) __THROW {
  // One that waits to be waited for takes every signal.
  if (ckpt::core::IsEnded(pid) && signal >= 0 && signal <= 64) return 0;
  if (pid == __ckpt_getpid() && IsWithheld(signal)) return RefuseSignal();
  return Again([=] { return Real().kill(ckpt::core::RealPid(pid), signal); });
}

int __ckpt_tgkill(pid_t pid, pid_t tid, int signal) {
  if (pid == __ckpt_getpid() && IsWithheld(signal)) return RefuseSignal();
  return Again([=] {
    return Real().tgkill(ckpt::core::RealPid(pid), ckpt::core::RealTid(tid),
                         signal);
  });
}

pid_t __ckpt_getppid() __THROW {
  return ckpt::core::VisibleParent(Real().getppid());
}

// Children of the program, each a process like any other.

pid_t __ckpt_fork() __THROW { return Forked(Real().fork()); }
pid_t __ckpt__Fork() __THROW { return Forked(Real()._Fork()); }
int __ckpt_forkpty(int* master, char* name, const termios* terminal,
                   const winsize* size) __THROW {
  return Forked(Real().forkpty(master, name, terminal, size));
}

// The child that it returns in is the program from then on.
int __ckpt_daemon(int keep_directory, int keep_streams) __THROW {
  if (!ckpt::core::InOwnProcess()) {
    return Real().daemon(keep_directory, keep_streams);
  }
  checkpoint_disable();
  ckpt::hooks::KeepQuietAtEnd(true);
  const int r = Real().daemon(keep_directory, keep_streams);
  const int error = errno;
  ckpt::hooks::KeepQuietAtEnd(false);
  if (!ckpt::core::InOwnProcess()) {
    // Perhaps by way of the hook above.
    if (!ckpt::core::g_state.enabled) ckpt::hooks::TakeExitSignal();
    ckpt::core::GoOnAsProgram();
    ckpt::hooks::StartCallbackThread();
  }
  checkpoint_enable();
  errno = error;
  return r;
}
