// process.cpp - doors of identity: after a restart the program goes on seeing
// the ids that it knows; a forked child is an ordinary process.

#include <errno.h>

#include "core/identity.h"
#include "hooks/libc.h"
#include "track/registry.h"

namespace {

using ckpt::hooks::Real;

// Sends a signal to an id that the program knows. A restart under new ids that
// falls between looking the real id up and using it leaves nobody to send to:
// again, then.
template <typename Send>
int SendTo(Send send) {
  uint32_t epoch;
  int r;
  do {
    epoch = ckpt::track::Epoch();
    r = send();
  } while (r != 0 && errno == ESRCH && ckpt::track::Epoch() != epoch);
  return r;
}

}  // namespace

pid_t __ckpt_getpid() __THROW { return ckpt::core::VisiblePid(); }
pid_t __ckpt_gettid() __THROW { return ckpt::core::VisibleTid(); }

int __ckpt_kill(pid_t pid, int signal) __THROW {
  return SendTo(
      [=] { return Real().kill(ckpt::core::RealPid(pid), signal); });
}

int __ckpt_tgkill(pid_t pid, pid_t tid, int signal) {
  return SendTo([=] {
    return Real().tgkill(ckpt::core::RealPid(pid), ckpt::core::RealTid(tid),
                         signal);
  });
}

pid_t __ckpt_fork() __THROW {
  const pid_t pid = Real().fork();
  if (pid == 0) {
    ckpt::core::BecomeForkedChild();
    ckpt::hooks::GiveBackExitSignal();
  }
  return pid;
}
