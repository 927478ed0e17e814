// time.cpp - doors of the sleeps. A relative sleep that our signal interrupts
// would start afresh or be cut short: it is slept to an absolute deadline,
// which the kernel goes on with (core/safepoint). The program's own signals
// interrupt it as ever.

#include <errno.h>

#include "hooks/libc.h"
#include "sys/process.h"

namespace {

using ckpt::hooks::Real;

bool IsValid(const timespec& t) {
  return t.tv_sec >= 0 && t.tv_nsec >= 0 && t.tv_nsec < 1000000000;
}

// Sleeps `span` on `clock`; 0, or EINTR with *left, or another errno.
int SleepFor(clockid_t clock, const timespec& span, timespec* left) {
  timespec deadline;
  if (clock_gettime(clock, &deadline) != 0) return errno;
  deadline.tv_nsec += span.tv_nsec;
  const long carry = deadline.tv_nsec >= 1000000000 ? 1 : 0;
  deadline.tv_nsec -= carry * 1000000000;
  if (__builtin_add_overflow(deadline.tv_sec, span.tv_sec + carry,
                             &deadline.tv_sec)) {
    deadline.tv_sec = __LONG_MAX__;
  }
  const int r =
      Real().clock_nanosleep(clock, TIMER_ABSTIME, &deadline, nullptr);
  if (r == EINTR && left != nullptr) {
    timespec now;
    clock_gettime(clock, &now);
    left->tv_sec = deadline.tv_sec - now.tv_sec;
    left->tv_nsec = deadline.tv_nsec - now.tv_nsec;
    if (left->tv_nsec < 0) {
      left->tv_nsec += 1000000000;
      --left->tv_sec;
    }
    if (left->tv_sec < 0) *left = {0, 0};
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
