// timers.cpp - doors of POSIX timers: they name threads by the ids that the
// program knows, count processor time from where it began, and note what the
// kernel does not keep (track/timers).

#include "track/timers.h"

#include <errno.h>

#include "core/identity.h"
#include "hooks/clocks.h"
#include "hooks/libc.h"
#include "hooks/timeouts.h"
#include "sys/timers.h"
#include "track/registry.h"
#include "track/timer_setting.h"

namespace {

using ckpt::hooks::Real;
namespace sys = ckpt::sys;
namespace track = ckpt::track;

// The kernel's id; negative for one of the C library's own (SIGEV_THREAD).
int32_t IdOf(timer_t timer) {
  const auto value = reinterpret_cast<intptr_t>(timer);
  return value < 0 ? -1 : static_cast<int32_t>(value);
}

// The clock as the program names it, and as the kernel does: of a thread by its
// id, which tells later whose it is.
struct TimerClock {
  clockid_t visible, real;
};
TimerClock ClockFor(clockid_t clock) {
  if (clock == CLOCK_THREAD_CPUTIME_ID) {
    return {sys::ClockOfThread(ckpt::core::VisibleTid()),
            sys::ClockOfThread(sys::GetTid())};
  }
  TimerClock clocks{clock, clock};
  if (sys::IsNamedClock(clock)) ckpt::hooks::UsedBefore(&clocks.real);
  return clocks;
}

bool IsCpuClock(clockid_t clock) {
  return clock == CLOCK_PROCESS_CPUTIME_ID || sys::IsNamedClock(clock);
}

}  // namespace

int __ckpt_timer_create(clockid_t clock, sigevent* event,
                        timer_t* timer) __THROW {
  uint32_t epoch;
  TimerClock clocks;
  int r;
  // An id is looked up and used in one life, or again.
  do {
    epoch = track::Epoch();
    clocks = ClockFor(clock);
    sigevent own;
    sigevent* given = event;
    if (event != nullptr && (event->sigev_notify & SIGEV_THREAD_ID) != 0) {
      own = *event;
      own._sigev_un._tid = ckpt::core::RealTid(own._sigev_un._tid);
      given = &own;
    }
    r = Real().timer_create(clocks.real, given, timer);
  } while (r != 0 && track::Epoch() != epoch);
  if (r == 0) track::AddTimer(IdOf(*timer), clocks.visible);
  return r;
}

int __ckpt_timer_settime(timer_t timer, int flags, const itimerspec* setting,
                         itimerspec* old) __THROW {
  const int32_t id = IdOf(timer);
  track::Timer* noted = track::FindTimer(id);
  if (noted == nullptr || setting == nullptr) {
    return Real().timer_settime(timer, flags, setting, old);
  }
  const bool moment = (flags & TIMER_ABSTIME) != 0 &&
                      ckpt::hooks::IsValid(setting->it_value) &&
                      track::ToNs(setting->it_value) != 0;
  if (moment && IsCpuClock(noted->clock)) {
    uint32_t epoch;
    int r;
    do {
      epoch = track::Epoch();
      clockid_t clock = noted->clock;
      const auto at = static_cast<int64_t>(track::ToNs(setting->it_value)) -
                      ckpt::hooks::UsedBefore(&clock);
      itimerspec own = *setting;
      own.it_value = track::FromNs(at > 0 ? static_cast<uint64_t>(at) : 1);
      r = Real().timer_settime(timer, flags, &own, old);
    } while (track::Epoch() != epoch);
    return r;
  }
  track::Moment note{};
  if (moment) {
    note = {track::ToNs(setting->it_value), track::ToNs(setting->it_interval)};
  }
  track::NoteMoment(noted, note);
  const int r = Real().timer_settime(timer, flags, setting, old);
  if (r == 0) track::SettleMoment(noted);
  return r;
}

int __ckpt_timer_delete(timer_t timer) __THROW {
  const int32_t id = IdOf(timer);
  // First the note: the id may be another one's at once.
  track::RemoveTimer(id);
  return Real().timer_delete(timer);
}
