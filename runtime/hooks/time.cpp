// time.cpp - doors of the sleeps. A relative sleep that our signal interrupts
// would start afresh or be cut short: it is slept to an absolute deadline,
// which the kernel goes on with (core/interruption). The program's own signals
// interrupt it as ever.

#include <errno.h>

#include "hooks/libc.h"
#include "hooks/timeouts.h"
#include "sys/process.h"

namespace {

using ckpt::hooks::IsValid;
using ckpt::hooks::kForeverNs;
using ckpt::hooks::Real;
using ckpt::hooks::ToNs;
using ckpt::hooks::Waiting;

// Sleeps `span` on `clock`; 0, or EINTR with *left, or another errno.
int SleepFor(clockid_t clock, const timespec& span, timespec* left) {
  timespec deadline{__LONG_MAX__, 0};
  const uint64_t span_ns = ToNs(span);
  if (span_ns >= kForeverNs) {
    const int r =
        Real().clock_nanosleep(clock, TIMER_ABSTIME, &deadline, nullptr);
    if (left != nullptr) *left = span;
    return r;
  }
  timespec now;
  if (Real().clock_gettime(clock, &now) != 0) return errno;
  const Waiting waiting(__NR_clock_nanosleep, clock, span_ns, &deadline);
  uint64_t now_ns;
  int r;
  // A restart that fell before the call has moved the deadline behind its back.
  do {
    deadline = ckpt::sys::ToTimespec(waiting.deadline_ns());
    r = Real().clock_nanosleep(clock, TIMER_ABSTIME, &deadline, nullptr);
    Real().clock_gettime(clock, &now);
    now_ns = ToNs(now);
  } while (r == 0 && now_ns < waiting.deadline_ns());
  if (r == EINTR && left != nullptr) {
    const uint64_t end_ns = waiting.deadline_ns();
    *left = ckpt::sys::ToTimespec(end_ns > now_ns ? end_ns - now_ns : 0);
  }
  return r;
}

}  // namespace

int __ckpt_nanosleep(const timespec* span, timespec* left) {
  if (span == nullptr || !IsValid(*span)) return Real().nanosleep(span, left);
  const int r = SleepFor(CLOCK_MONOTONIC, *span, left);
  if (r == 0) return 0;
  errno = r;
  return -1;
}

int __ckpt_clock_nanosleep(clockid_t clock, int flags, const timespec* span,
                           timespec* left) {
  // A relative sleep on CLOCK_REALTIME is not to follow a clock that is set.
  const clockid_t steady = clock == CLOCK_REALTIME ? CLOCK_MONOTONIC : clock;
  if ((flags & TIMER_ABSTIME) != 0 || span == nullptr || !IsValid(*span)) {
    return Real().clock_nanosleep(clock, flags, span, left);
  }
  return SleepFor(steady, *span, left);
}

int __ckpt_usleep(useconds_t us) {
  const timespec span{static_cast<time_t>(us / 1000000),
                      static_cast<long>(us % 1000000) * 1000};
  return __ckpt_nanosleep(&span, nullptr);
}

unsigned __ckpt_sleep(unsigned seconds) {
  const timespec span{static_cast<time_t>(seconds), 0};
  timespec left{0, 0};
  const int saved = errno;
  if (__ckpt_nanosleep(&span, &left) == 0) return 0;
  errno = saved;
  return static_cast<unsigned>(left.tv_sec) + (left.tv_nsec >= 500000000);
}

// C11's: 0, -1 for a signal, another negative number for a bad span.
int __ckpt_thrd_sleep(const timespec* span, timespec* left) {
  if (span == nullptr || !IsValid(*span)) return Real().thrd_sleep(span, left);
  const int r = SleepFor(CLOCK_MONOTONIC, *span, left);
  if (r == 0) return 0;
  return r == EINTR ? -1 : -2;
}
