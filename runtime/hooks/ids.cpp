// ids.cpp - doors of the calls that name a thread or process, or send something
// to one by an id that the C library looks up: after a restart under new ids
// the program goes on using those that it knows. Partner: process.cpp.

#include <errno.h>

#include "core/identity.h"
#include "core/safepoint.h"
#include "hooks/again.h"
#include "hooks/finally.h"
#include "hooks/handle.h"
#include "hooks/libc.h"
#include "hooks/signals.h"
#include "sys/process.h"
#include "track/locks.h"

using ckpt::hooks::Again;
using ckpt::hooks::IsWithheld;
using ckpt::hooks::Real;
using ckpt::hooks::RefuseSignal;

namespace {

using ckpt::core::RealPid;
using ckpt::core::RealTid;

// The calls below take the id of a thread; 0 is the caller.
pid_t Target(pid_t visible) {
  if (visible == 0) return 0;
  const pid_t thread = RealTid(visible);
  return thread != visible ? thread : RealPid(visible);
}

}  // namespace

int __ckpt_raise(int signal) __THROW {
  if (IsWithheld(signal)) return RefuseSignal();
  return Again([=] { return Real().raise(signal); });
}

int __ckpt_sigqueue(pid_t pid, int signal, sigval value) __THROW {
  if (pid == __ckpt_getpid() && IsWithheld(signal)) return RefuseSignal();
  return Again([=] { return Real().sigqueue(RealPid(pid), signal, value); });
}

int __ckpt_pthread_kill(pthread_t thread, int signal) __THROW {
  if (IsWithheld(signal)) return EINVAL;
  return Again([=] { return Real().pthread_kill(thread, signal); });
}

// In a static program the C library's own asks our getpid for the id of the
// process, and gets the one that the program knows.
int __ckpt_pthread_sigqueue(pthread_t thread, int signal,
                            sigval value) __THROW {
  if (IsWithheld(signal)) return EINVAL;
  return Again([=] {
    const int pid = ckpt::sys::GetPid();
    // 32 and 33 are the C library's own, which it refuses to send.
    if (ckpt::core::VisiblePid() == pid || signal == 32 || signal == 33) {
      return Real().pthread_sigqueue(thread, signal, value);
    }
    siginfo_t info{};
    info.si_signo = signal;
    info.si_code = SI_QUEUE;
    info.si_pid = pid;
    info.si_uid = static_cast<uid_t>(ckpt::sys::Raw(__NR_getuid));
    info.si_value = value;
    int32_t tid;
    const int r = ckpt::hooks::ThreadOf(thread, &tid);
    return r != 0 ? r
                  : static_cast<int>(-ckpt::sys::Raw(
                        __NR_rt_tgsigqueueinfo, pid, tid, signal, &info));
  });
}

// It marks the thread as cancelled before it sends a signal, and is not to be
// called twice: a stop waits for its end instead.
int __ckpt_pthread_cancel(pthread_t thread) {
  ckpt::track::Slot* slot = ckpt::track::Self();
  pthread_mutex_t* outer = slot->wanted;
  slot->wanted = reinterpret_cast<pthread_mutex_t*>(ckpt::track::kShortCall);
  // A thread may cancel itself.
  return ckpt::hooks::Finally(
      [=] { return Real().pthread_cancel(thread); },
      [=] {
        slot->wanted = outer;
        asm volatile("" ::: "memory");
        ckpt::core::StopIfDeferred(slot);
      });
}

int __ckpt_sched_setaffinity(pid_t thread, size_t size,
                             const cpu_set_t* set) __THROW {
  return Again(
      [=] { return Real().sched_setaffinity(Target(thread), size, set); });
}

int __ckpt_sched_getaffinity(pid_t thread, size_t size,
                             cpu_set_t* set) __THROW {
  return Again(
      [=] { return Real().sched_getaffinity(Target(thread), size, set); });
}

int __ckpt_sched_setscheduler(pid_t thread, int policy,
                              const sched_param* param) __THROW {
  return Again(
      [=] { return Real().sched_setscheduler(Target(thread), policy, param); });
}

int __ckpt_sched_getscheduler(pid_t thread) __THROW {
  return Again([=] { return Real().sched_getscheduler(Target(thread)); });
}

int __ckpt_sched_setparam(pid_t thread, const sched_param* param) __THROW {
  return Again([=] { return Real().sched_setparam(Target(thread), param); });
}

int __ckpt_sched_getparam(pid_t thread, sched_param* param) __THROW {
  return Again([=] { return Real().sched_getparam(Target(thread), param); });
}

int __ckpt_sched_rr_get_interval(pid_t thread, timespec* interval) __THROW {
  return Again(
      [=] { return Real().sched_rr_get_interval(Target(thread), interval); });
}

int __ckpt_setpriority(__priority_which_t which, id_t who,
                       int priority) __THROW {
  return Again([=] {
    const id_t id = which == PRIO_PROCESS
                        ? static_cast<id_t>(Target(static_cast<pid_t>(who)))
                        : who;
    return Real().setpriority(which, id, priority);
  });
}

// -1 is an answer as well.
int __ckpt_getpriority(__priority_which_t which, id_t who) __THROW {
  return Again([=] {
    const id_t id = which == PRIO_PROCESS
                        ? static_cast<id_t>(Target(static_cast<pid_t>(who)))
                        : who;
    return Real().getpriority(which, id);
  });
}
