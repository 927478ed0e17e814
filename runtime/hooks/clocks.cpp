// clocks.cpp - doors of the clocks that count processor time: a restored
// program goes on from what it had used. Other clocks pass through; where they
// are behind after a restart a time namespace sets them (restore/namespaces).

#include <errno.h>

#include "core/identity.h"
#include "core/state.h"
#include "hooks/clocks.h"
#include "hooks/libc.h"
#include "sys/timers.h"
#include "track/registry.h"

using ckpt::core::g_state;
using ckpt::hooks::Real;
using ckpt::track::Settled;
using ckpt::track::CpuTime;
namespace sys = ckpt::sys;

namespace {

// What a thread of the process, by its real id, has used in earlier lives.
int64_t BeforeOfThread(pid_t id) {
  const ckpt::track::Slot* slots = ckpt::track::FirstSlot();
  for (uint32_t i = 0; i < ckpt::track::SlotCount(); ++i) {
    if (slots[i].used.load(std::memory_order_relaxed) != 0 &&
        slots[i].tid.load(std::memory_order_relaxed) == id) {
      return slots[i].cpu.before.total_ns;
    }
  }
  return 0;
}

}  // namespace

int64_t ckpt::hooks::UsedBefore(clockid_t* clock) {
  if (!ckpt::core::InOwnProcess()) return 0;
  if (*clock == CLOCK_PROCESS_CPUTIME_ID) return g_state.cpu.before.total_ns;
  if (*clock == CLOCK_THREAD_CPUTIME_ID) {
    return ckpt::track::Self()->cpu.before.total_ns;
  }
  if (!sys::IsNamedClock(*clock)) return 0;
  const pid_t id = sys::IdOfClock(*clock);
  if ((*clock & sys::kClockOfThread) != 0) {
    if (id == 0) return ckpt::track::Self()->cpu.before.total_ns;
    // The program has it from the C library, which knows the real one, perhaps
    // of an earlier life.
    const pid_t real = ckpt::core::RealTid(id);
    *clock = sys::NamedClock(real, *clock);
    return BeforeOfThread(real);
  }
  if (id != 0 && id != ckpt::core::VisiblePid()) return 0;
  *clock = sys::NamedClock(id == 0 ? 0 : ckpt::core::RealPid(id), *clock);
  return g_state.cpu.before.total_ns;
}

namespace {

constexpr int64_t kSecond = 1000000000;

void Add(timespec* t, int64_t ns) {
  const int64_t sum = t->tv_sec * kSecond + t->tv_nsec + ns;
  t->tv_sec = sum / kSecond;
  t->tv_nsec = sum % kSecond;
}

void Add(timeval* t, int64_t us) {
  const int64_t sum = t->tv_sec * 1000000 + t->tv_usec + us;
  t->tv_sec = sum / 1000000;
  t->tv_usec = sum % 1000000;
}

}  // namespace

// The clock is named by the id that the program knows, which is good in later
// lives as well.
int __ckpt_clock_getcpuclockid(pid_t pid, clockid_t* clock) __THROW {
  const bool own = pid != 0 && pid == ckpt::core::VisiblePid();
  int r;
  Settled([&] {
    r = Real().clock_getcpuclockid(own ? ckpt::core::RealPid(pid) : pid, clock);
  });
  if (r == 0 && own) *clock = sys::NamedClock(pid, *clock);
  return r;
}

int __ckpt_clock_getres(clockid_t clock, timespec* resolution) __THROW {
  int r;
  Settled([&] {
    clockid_t real = clock;
    ckpt::hooks::UsedBefore(&real);
    r = Real().clock_getres(real, resolution);
  });
  return r;
}

namespace {

// Not inlined: other clocks need none of its registers.
[[gnu::noinline]] int CpuClockGettime(clockid_t clock, timespec* now) {
  int64_t before;
  int r;
  Settled([&] {
    clockid_t real = clock;
    before = ckpt::hooks::UsedBefore(&real);
    r = Real().clock_gettime(real, now);
  });
  if (r == 0 && before != 0) Add(now, before);
  return r;
}

}  // namespace

int __ckpt_clock_gettime(clockid_t clock, timespec* now) __THROW {
  if (__builtin_expect(clock < 0 || clock == CLOCK_PROCESS_CPUTIME_ID ||
                           clock == CLOCK_THREAD_CPUTIME_ID,
                       0)) {
    return CpuClockGettime(clock, now);
  }
  return Real().clock_gettime(clock, now);
}

clock_t __ckpt_clock() __THROW {
  timespec now;
  if (__ckpt_clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now) != 0) return -1;
  return now.tv_sec * CLOCKS_PER_SEC +
         now.tv_nsec / (kSecond / CLOCKS_PER_SEC);
}

int __ckpt_getrusage(__rusage_who_t who, rusage* usage) __THROW {
  CpuTime before;
  int r;
  Settled([&] {
    before = who == RUSAGE_SELF ? g_state.cpu.before
                                : ckpt::track::Self()->cpu.before;
    r = Real().getrusage(who, usage);
  });
  if (r != 0 || !ckpt::core::InOwnProcess()) return r;
  if (who != RUSAGE_SELF && who != RUSAGE_THREAD) return r;
  Add(&usage->ru_utime, before.user_us);
  Add(&usage->ru_stime, before.system_us);
  return r;
}

clock_t __ckpt_times(tms* buffer) __THROW {
  CpuTime before;
  clock_t r;
  Settled([&] {
    before = g_state.cpu.before;
    r = Real().times(buffer);
  });
  if (buffer != nullptr && ckpt::core::InOwnProcess()) {
    constexpr int64_t kUsPerTick = 10000;  // USER_HZ is 100 on x86_64
    buffer->tms_utime += before.user_us / kUsPerTick;
    buffer->tms_stime += before.system_us / kUsPerTick;
  }
  return r;
}
