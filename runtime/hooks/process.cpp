// process.cpp - doors of identity: after a restart the program goes on seeing the
// ids that it knows; a forked child is an ordinary process.

#include "core/identity.h"
#include "hooks/libc.h"

namespace {
using ckpt::hooks::Real;
}  // namespace

pid_t __ckpt_getpid() __THROW { return ckpt::core::VisiblePid(); }
pid_t __ckpt_gettid() __THROW { return ckpt::core::VisibleTid(); }

int __ckpt_kill(pid_t pid, int signal) __THROW {
  return Real().kill(ckpt::core::RealPid(pid), signal);
}

int __ckpt_tgkill(pid_t pid, pid_t tid, int signal) {
  return Real().tgkill(ckpt::core::RealPid(pid), ckpt::core::RealTid(tid),
                       signal);
}

pid_t __ckpt_fork() __THROW {
  const pid_t pid = Real().fork();
  if (pid == 0) ckpt::core::BecomeForkedChild();
  return pid;
}
