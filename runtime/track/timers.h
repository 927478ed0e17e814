// timers.h - what the program has done with its POSIX timers and the kernel
// does not tell: whether one was set to a moment or for a span.
//
// A table by the kernel's ids, without a lock: timer_settime is for handlers
// too. The kernel knows which timers there are (/proc/PID/timers); one without
// an entry, made by a call that no hook saw, counts as set for a span.

#ifndef CKPT_TRACK_TIMERS_H
#define CKPT_TRACK_TIMERS_H

#include <stdint.h>

#include <atomic>

namespace ckpt::track {

// A call of timer_settime with TIMER_ABSTIME.
struct Moment {
  uint64_t first_ns;  // 0: none
  uint64_t interval_ns;
};

struct Timer {
  std::atomic<int32_t> key;  // the kernel's id + 1; 0: never used, -1: free
  int32_t clock;             // as the program names it
  // The newest call may not have reached the kernel yet when the world is
  // stopped: the one before it may be what counts.
  std::atomic<uint32_t> newest;
  Moment moments[2];
};

// The entry of a timer that has just been made. Without memory there is none.
void AddTimer(int32_t id, int32_t clock);
// The entry of a timer, or nullptr. Safe everywhere.
Timer* FindTimer(int32_t id);
void RemoveTimer(int32_t id);
// True if there is one. World stopped.
bool AnyTimer();
// In a forked child, which has no timers.
void ForgetTimers();

// Notes what timer_settime is about to be given; and that it was taken.
void NoteMoment(Timer* timer, const Moment& moment);
void SettleMoment(Timer* timer);

// World stopped. When a timer is to expire next, to the nanosecond, if that was
// asked for as a moment; `about_ns` is when it does by what the kernel says. 0:
// it was set for a span.
uint64_t MomentOf(int32_t id, uint64_t interval_ns, uint64_t about_ns);

}  // namespace ckpt::track

#endif
