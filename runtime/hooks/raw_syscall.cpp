// raw_syscall.cpp - door of syscall(2): what a program calls by number means
// the same as by name where the runtime has a hook for it, and is not seen to
// be interrupted.

#include <errno.h>
#include <linux/futex.h>
#include <stdarg.h>
#include <sys/syscall.h>

#include "core/identity.h"
#include "hooks/libc.h"
#include "hooks/timeouts.h"

extern "C" __attribute__((visibility("hidden"))) long __ckpt_raw_syscall(
    const long* arguments, long number);

namespace {

using ckpt::hooks::IsValid;

template <typename T>
T As(long argument) {
  return reinterpret_cast<T>(argument);
}

long Call(long number, const long* a) {
  const long r = __ckpt_raw_syscall(a, number);
  if (r > -4096 && r < 0) {
    errno = static_cast<int>(-r);
    return -1;
  }
  return r;
}

// A relative wait on a futex, for what is left of its timeout.
long WaitOnFutex(const long* a) {
  const auto* given = As<const timespec*>(a[3]);
  const bool relative = (static_cast<int>(a[1]) & FUTEX_CMD_MASK) == FUTEX_WAIT;
  if (!relative || given == nullptr || !IsValid(*given)) {
    return Call(__NR_futex, a);
  }
  timespec own = *given;
  const ckpt::hooks::Waiting waiting(__NR_futex, CLOCK_MONOTONIC,
                                     ckpt::hooks::ToNs(own), &own);
  const long changed[6] = {a[0], a[1],
                           a[2], reinterpret_cast<long>(&own),
                           a[4], a[5]};
  return Call(__NR_futex, changed);
}

}  // namespace

long __ckpt_syscall(long number, ...) __THROW {
  long a[6];
  va_list list;
  va_start(list, number);
  for (long& argument : a) argument = va_arg(list, long);
  va_end(list);
  switch (number) {
    case __NR_futex:
      return WaitOnFutex(a);
    case __NR_getpid:
      return ckpt::core::VisiblePid();
    case __NR_gettid:
      return ckpt::core::VisibleTid();
    case __NR_getppid:
      return __ckpt_getppid();
    case __NR_wait4:
      return __ckpt_wait4(static_cast<pid_t>(a[0]), As<int*>(a[1]),
                          static_cast<int>(a[2]), As<rusage*>(a[3]));
    case __NR_waitid:
      if (a[4] != 0) return Call(number, a);  // asks for resource usage, too
      return __ckpt_waitid(static_cast<idtype_t>(a[0]),
                           static_cast<id_t>(a[1]), As<siginfo_t*>(a[2]),
                           static_cast<int>(a[3]));
    case __NR_kill:
      return __ckpt_kill(static_cast<pid_t>(a[0]), static_cast<int>(a[1]));
    case __NR_tgkill:
      return __ckpt_tgkill(static_cast<pid_t>(a[0]), static_cast<pid_t>(a[1]),
                           static_cast<int>(a[2]));
    case __NR_tkill:
      return __ckpt_tgkill(ckpt::core::VisiblePid(), static_cast<pid_t>(a[0]),
                           static_cast<int>(a[1]));
    case __NR_poll:
      return __ckpt_poll(As<pollfd*>(a[0]), static_cast<nfds_t>(a[1]),
                         static_cast<int>(a[2]));
    case __NR_epoll_wait:
      return __ckpt_epoll_wait(static_cast<int>(a[0]), As<epoll_event*>(a[1]),
                               static_cast<int>(a[2]),
                               static_cast<int>(a[3]));
    case __NR_nanosleep:
      return __ckpt_nanosleep(As<const timespec*>(a[0]), As<timespec*>(a[1]));
    case __NR_clock_nanosleep: {
      const int r = __ckpt_clock_nanosleep(
          static_cast<clockid_t>(a[0]), static_cast<int>(a[1]),
          As<const timespec*>(a[2]), As<timespec*>(a[3]));
      if (r == 0) return 0;
      errno = r;
      return -1;
    }
    default:
      return Call(number, a);
  }
}
