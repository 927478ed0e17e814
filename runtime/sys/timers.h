// timers.h - POSIX timers as the kernel has them, by its own ids
// (timer_create(2), /proc/PID/timers). Results are the kernel's: a value or
// -errno. No allocation, no libc: usable with the world stopped.

#ifndef CKPT_SYS_TIMERS_H
#define CKPT_SYS_TIMERS_H

#include <signal.h>
#include <stdint.h>
#include <time.h>

#include "sys/process.h"

namespace ckpt::sys {

// What a timer does when it expires: the kernel's struct sigevent.
struct TimerEvent {
  uint64_t value;
  int32_t signal;
  int32_t notify;
  int32_t thread;  // under SIGEV_THREAD_ID
  int32_t unused[11];
};
static_assert(sizeof(TimerEvent) == 64);

// The same as the kernel lists it.
struct ListedTimer {
  int32_t id;
  int32_t signal;
  uint64_t value;
  int32_t notify;
  int32_t thread;  // under SIGEV_THREAD_ID, as /proc numbers threads
  int32_t clock;
};

// Reads the next timer of a text of /proc/PID/timers and moves *text behind it.
// False if there is none.
bool ParseTimer(const char** text, ListedTimer* out);

// Clocks of processes and threads that are named by their id (the kernel's
// posix-timers.h): the id inverted in the upper bits, then a bit for a thread,
// then the kind of time.
constexpr int32_t kClockKindMask = 3, kClockOfThread = 4;
constexpr bool IsNamedClock(int32_t clock) {
  return clock < 0 && (clock & kClockKindMask) != 3;
}
constexpr int32_t IdOfClock(int32_t clock) { return ~(clock >> 3); }
// The clock of `id` that is otherwise like `like`.
constexpr int32_t NamedClock(int32_t id, int32_t like) {
  return static_cast<int32_t>(static_cast<uint32_t>(~id) << 3) |
         (like & (kClockKindMask | kClockOfThread));
}
constexpr int32_t kSchedKind = 2;  // what CLOCK_*_CPUTIME_ID count
constexpr int32_t ClockOfThread(int32_t tid) {
  return NamedClock(tid, kClockOfThread | kSchedKind);
}

inline long CreateTimer(int32_t clock, const TimerEvent& event, int32_t* id) {
  return Raw(__NR_timer_create, clock, &event, id);
}
inline long DeleteTimer(int32_t id) { return Raw(__NR_timer_delete, id); }
inline long SetTimer(int32_t id, int flags, const itimerspec& setting) {
  return Raw(__NR_timer_settime, id, flags, &setting, 0);
}
inline long GetTimer(int32_t id, itimerspec* setting) {
  return Raw(__NR_timer_gettime, id, setting);
}
inline long TimerOverruns(int32_t id) {
  return Raw(__NR_timer_getoverrun, id);
}

// timer_create takes the id that the timer shall have (Linux 6.15).
constexpr int kPrTimerCreateRestoreIds = 77;
inline bool ChooseTimerIds(bool on) {
  return Prctl(kPrTimerCreateRestoreIds, on ? 1 : 0) >= 0;
}
inline bool CanChooseTimerIds() {
  constexpr int kGet = 2;
  return Prctl(kPrTimerCreateRestoreIds, kGet) >= 0;
}

}  // namespace ckpt::sys

#endif
