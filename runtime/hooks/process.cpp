// process.cpp - doors of identity: after a restart the program goes on seeing the
// ids that it knows; a forked child is an ordinary process.

#include "core/identity.h"
#include "core/state.h"
#include "hooks/libc.h"
#include "sys/signal.h"

namespace {

using ckpt::hooks::Real;

// While it lives, the thread cannot be stopped: no restart falls between looking
// up a real id and using it.
class StopsBlocked {
 public:
  StopsBlocked() {
    const int stop = ckpt::core::g_state.stop_signal;
    if (stop == 0) return;
    const ckpt::sys::SignalSet set = ckpt::sys::SignalBit(stop);
    ckpt::sys::SetMask(SIG_BLOCK, &set, &old_);
    active_ = true;
  }
  ~StopsBlocked() {
    if (active_) ckpt::sys::SetMask(SIG_SETMASK, &old_);
  }

 private:
  ckpt::sys::SignalSet old_;
  bool active_ = false;
};

}  // namespace

pid_t __ckpt_getpid() __THROW { return ckpt::core::VisiblePid(); }
pid_t __ckpt_gettid() __THROW { return ckpt::core::VisibleTid(); }

int __ckpt_kill(pid_t pid, int signal) __THROW {
  const StopsBlocked blocked;
  return Real().kill(ckpt::core::RealPid(pid), signal);
}

int __ckpt_tgkill(pid_t pid, pid_t tid, int signal) {
  const StopsBlocked blocked;
  return Real().tgkill(ckpt::core::RealPid(pid), ckpt::core::RealTid(tid),
                       signal);
}

pid_t __ckpt_fork() __THROW {
  const pid_t pid = Real().fork();
  if (pid == 0) ckpt::core::BecomeForkedChild();
  return pid;
}
