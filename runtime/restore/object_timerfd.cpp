// object_timerfd.cpp - a timerfd, set as it was, with the expiries that nobody
// has read.

#include <linux/ioctl.h>
#include <sys/timerfd.h>

#include "restore/objects.h"
#include "sys/file.h"
#include "track/timer_setting.h"

namespace ckpt::restore {
namespace {

// linux/timerfd.h, which does not go with the C library's.
constexpr uint64_t kSetTicks = _IOW('T', 0, uint64_t);

long Set(int fd, uint32_t flags, uint64_t value_ns, uint64_t interval_ns) {
  const itimerspec setting{track::FromNs(interval_ns), track::FromNs(value_ns)};
  return sys::Raw(__NR_timerfd_settime, fd, flags, &setting, nullptr);
}

// A kernel without kSetTicks: expiries in the past.
long SetPast(int fd, const image::TimerFdData& data, bool absolute) {
  timespec now;
  sys::Raw(__NR_clock_gettime, data.clock, &now);
  const track::TimerStart start =
      track::StartOf(data.setting, absolute, track::ToNs(now));
  return Set(fd, start.absolute ? TFD_TIMER_ABSTIME : 0, start.value_ns,
             data.setting.interval_ns);
}

long SetAll(int fd, const image::TimerFdData& data) {
  const bool absolute = (data.flags & TFD_TIMER_ABSTIME) != 0;
  image::TimerSetting next = data.setting;
  next.owed = 0;
  const track::TimerStart start = track::StartOf(next, absolute, 0);
  const long r = start.value_ns == 0
                     ? 0
                     : Set(fd, data.flags, start.value_ns, next.interval_ns);
  if (r < 0 || data.setting.owed == 0) return r;
  if (sys::Raw(__NR_ioctl, fd, kSetTicks, &data.setting.owed) >= 0) return 0;
  return SetPast(fd, data, absolute);
}

}  // namespace

long MakeTimerFd(const image::TimerFdData& data) {
  const long fd = sys::Raw(__NR_timerfd_create, data.clock, TFD_CLOEXEC);
  if (fd < 0) return fd;
  const long r = SetAll(static_cast<int>(fd), data);
  if (r >= 0) return fd;
  sys::Close(static_cast<int>(fd));
  return r;
}

}  // namespace ckpt::restore
