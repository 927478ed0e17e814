// timer_setting.h - when a timer of the kernel's (a POSIX timer, a timerfd) is
// to expire: from what the kernel says at the stop to what it is told after a
// restart. The rule of docs/limits.md: a span keeps what was left of it, a
// moment stays, and a periodic timer stays in step.
//
// Header-only, no calls; safe everywhere. All in nanoseconds of the timer's
// clock, as the program sees it.

#ifndef CKPT_TRACK_TIMER_SETTING_H
#define CKPT_TRACK_TIMER_SETTING_H

#include <stdint.h>
#include <time.h>

#include "image/format.h"

namespace ckpt::track {

constexpr uint64_t kNsPerSecond = 1000000000;

constexpr uint64_t ToNs(const timespec& t) {
  return static_cast<uint64_t>(t.tv_sec) * kNsPerSecond +
         static_cast<uint64_t>(t.tv_nsec);
}
constexpr timespec FromNs(uint64_t ns) {
  return {static_cast<time_t>(ns / kNsPerSecond),
          static_cast<long>(ns % kNsPerSecond)};
}

// The first of `first`, `first` + `interval`, ... that is later than `now`;
// without an interval it is `first`.
constexpr uint64_t NextAfter(uint64_t first, uint64_t interval, uint64_t now) {
  if (interval == 0 || first > now) return first;
  return first + ((now - first) / interval + 1) * interval;
}

// What *_settime is to be given: a moment (TFD_TIMER_ABSTIME, TIMER_ABSTIME) or
// a span.
struct TimerStart {
  bool absolute;
  bool possible;  // false: what is owed lies before the clock's beginning; the
                  // start is that of the next expiry alone
  uint64_t value_ns;  // 0: it is not set
};

// How to set a timer whose clock says `now`, so that it expires when it is to,
// and `owed` times at once: those lie in the past, and the kernel counts them
// like any that nobody has taken notice of.
constexpr TimerStart StartOf(const image::TimerSetting& s, bool absolute,
                             uint64_t now) {
  const bool ends = s.remaining_ns == 0;  // there is no next one
  if (s.owed == 0) {
    if (ends) return {false, true, 0};
    // 0 would mean: not set.
    if (absolute) return {true, true, s.deadline_ns != 0 ? s.deadline_ns : 1};
    return {false, true, s.remaining_ns};
  }
  if (s.interval_ns == 0) return {true, true, 1};
  const uint64_t next = absolute ? s.deadline_ns : now + s.remaining_ns;
  if (s.owed > (next - 1) / s.interval_ns) {
    return {false, false, s.remaining_ns};
  }
  return {true, true, next - s.owed * s.interval_ns};
}

}  // namespace ckpt::track

#endif
