// raw_syscall.cpp - door of syscall(2): what a program calls by number means
// the same as by name where the runtime has a hook for it, and is not seen to
// be interrupted.

#include <errno.h>
#include <stdarg.h>
#include <sys/syscall.h>

#include "core/blocking_calls.h"
#include "core/identity.h"
#include "core/state.h"
#include "hooks/going_on.h"
#include "hooks/libc.h"
#include "hooks/signals.h"
#include "hooks/timeouts.h"
#include "sys/process.h"
#include "sys/x86_64/frame.h"

namespace {

using ckpt::hooks::GoOn;

template <typename T>
T As(long argument) {
  return reinterpret_cast<T>(argument);
}

long Call(long number, const long* a) {
  const long r = ckpt::sys::__ckpt_raw_syscall(a, number);
  if (r > -4096 && r < 0) {
    errno = static_cast<int>(-r);
    return -1;
  }
  return r;
}

// A wait for a relative timeout, for what is left of it.
long Timed(long number, const long* a) {
  const ckpt::core::RelativeTimeout relative =
      ckpt::core::TimeoutOf(number, a);
  uint64_t span_ns;
  if (!ckpt::core::Given(relative, a, &span_ns)) return Call(number, a);
  timespec own = ckpt::sys::ToTimespec(span_ns);
  long changed[6];
  __builtin_memcpy(changed, a, sizeof(changed));
  if (!relative.in_ms) {
    changed[relative.argument] = reinterpret_cast<long>(&own);
  }
  const ckpt::hooks::Waiting waiting(
      static_cast<uint32_t>(number), relative.clock, span_ns,
      As<const void*>(changed[relative.recognised]));
  return Call(number, changed);
}

// Waits under a signal mask, or for signals, that the kernel finds behind
// *pointer: without those that stay out of the program's hands.
long Masked(long number, long* a, long* pointer) {
  ckpt::sys::SignalSet set;
  if (*pointer == 0) return Timed(number, a);
  set = *As<const ckpt::sys::SignalSet*>(*pointer) & ~ckpt::hooks::Reserved();
  *pointer = reinterpret_cast<long>(&set);
  return Timed(number, a);
}

long Pselect(long* a) {
  struct {
    long set;
    size_t size;
  } mask;
  if (a[5] == 0) return Call(__NR_pselect6, a);
  __builtin_memcpy(&mask, As<const void*>(a[5]), sizeof(mask));
  a[5] = reinterpret_cast<long>(&mask);
  return Masked(__NR_pselect6, a, &mask.set);
}

}  // namespace

constexpr long kMseal = 462;  // Linux 6.10; the C library has no name for it

long __ckpt_syscall(long number, ...) __THROW {
  long a[6];
  va_list list;
  va_start(list, number);
  for (long& argument : a) argument = va_arg(list, long);
  va_end(list);
  switch (number) {
    case __NR_futex:
    case __NR_poll:
    case __NR_epoll_wait:
    case __NR_semtimedop:
    case __NR_io_getevents:
      return Timed(number, a);
    case __NR_rt_sigsuspend:
    case __NR_rt_sigtimedwait:
      return Masked(number, a, &a[0]);
    case __NR_ppoll:
      return Masked(number, a, &a[3]);
    case __NR_epoll_pwait:
    case __NR_epoll_pwait2:
      return Masked(number, a, &a[4]);
    case __NR_pselect6:
      return Pselect(a);
    case __NR_setsockopt:
      return __ckpt_setsockopt(static_cast<int>(a[0]), static_cast<int>(a[1]),
                               static_cast<int>(a[2]), As<const void*>(a[3]),
                               static_cast<socklen_t>(a[4]));
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
    case __NR_timer_create: {
      auto* event = As<sigevent*>(a[1]);
      // The kernel knows nothing of the C library's way to call a function.
      if (event != nullptr && event->sigev_notify == SIGEV_THREAD) {
        return Call(number, a);
      }
      timer_t timer;
      const int r =
          __ckpt_timer_create(static_cast<clockid_t>(a[0]), event, &timer);
      if (r == 0) {
        *As<int*>(a[2]) =
            static_cast<int>(reinterpret_cast<intptr_t>(timer));
      }
      return r;
    }
    case __NR_timer_settime:
      return __ckpt_timer_settime(As<timer_t>(static_cast<int>(a[0])),
                                  static_cast<int>(a[1]),
                                  As<const itimerspec*>(a[2]),
                                  As<itimerspec*>(a[3]));
    case __NR_timer_delete:
      return __ckpt_timer_delete(As<timer_t>(static_cast<int>(a[0])));
    case __NR_clock_gettime:
      return __ckpt_clock_gettime(static_cast<clockid_t>(a[0]),
                                  As<timespec*>(a[1]));
    case __NR_getrusage:
      return __ckpt_getrusage(static_cast<__rusage_who_t>(a[0]),
                              As<rusage*>(a[1]));
    case kMseal:
      ckpt::core::g_state.advised.fetch_or(ckpt::core::kAdvised,
                                           std::memory_order_relaxed);
      return Call(number, a);
    case __NR_times:
      return __ckpt_times(As<tms*>(a[0]));
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
      if (const auto* operation = ckpt::hooks::OperationOf(number)) {
        return GoOn(*operation, a,
                    [=](const long* b) { return Call(number, b); });
      }
      if (long r; ckpt::hooks::SignalCall(number, a, &r)) return r;
      return Call(number, a);
  }
}
