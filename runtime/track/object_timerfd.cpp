// object_timerfd.cpp - a timerfd's setting and the expiries nobody has read.

#include <sys/timerfd.h>

#include "base/bytes.h"
#include "sys/file.h"
#include "sys/proc.h"
#include "track/objects.h"
#include "track/timer_setting.h"

namespace ckpt::track {
namespace {

using image::TimerFdData;

// "(seconds, nanoseconds)" behind `key`.
bool ParseTime(const char* text, const char* key, uint64_t* ns) {
  const char* p = sys::StatusField(text, key);
  if (p == nullptr || *p++ != '(') return false;
  const uint64_t seconds = ParseNumber(&p, 10);
  while (*p == ',' || *p == ' ') ++p;
  *ns = seconds * kNsPerSecond + ParseNumber(&p, 10);
  return true;
}

bool Read(const ObjectSource& source, TimerFdData* data) {
  if (!source.ReadInfo()) return false;
  const char* clock = sys::StatusField(source.info, "clockid:");
  const char* ticks = sys::StatusField(source.info, "ticks:");
  const char* flags = sys::StatusField(source.info, "settime flags:");
  if (clock == nullptr || ticks == nullptr || flags == nullptr) return false;
  data->clock = static_cast<uint32_t>(ParseNumber(&clock, 10));
  data->flags = static_cast<uint32_t>(ParseOctal(&flags));
  data->setting.owed = ParseNumber(&ticks, 10);
  return ParseTime(source.info, "it_value:", &data->setting.remaining_ns) &&
         ParseTime(source.info, "it_interval:", &data->setting.interval_ns);
}

// After an expiry a periodic timer stands still until somebody asks: then the
// kernel counts all expiries since and sets it again.
bool CountExpiries(const ObjectSource& source) {
  const long copy = source.files.Borrow(source.fd);
  if (copy < 0) return false;
  itimerspec setting;
  const long r = sys::Raw(__NR_timerfd_gettime, copy, &setting);
  sys::Close(static_cast<int>(copy));
  return r >= 0;
}

}  // namespace

// Coordinator only, world stopped. The timer runs on, and the kernel says
// ticks and time one after the other: two looks with the same ticks are one
// moment.
bool RecordTimerFd(const ObjectSource& source, ObjectTable* out, Line* reason) {
  constexpr int kLooks = 1000;
  for (int i = 0; i < kLooks; ++i) {
    TimerFdData before{}, data{};
    if (!CountExpiries(source) || !Read(source, &before) ||
        !Read(source, &data)) {
      return false;
    }
    image::TimerSetting& s = data.setting;
    if (s.owed != before.setting.owed ||
        (s.interval_ns != 0 && s.remaining_ns == 0)) {
      continue;
    }
    if ((data.flags & TFD_TIMER_ABSTIME) != 0 && s.remaining_ns != 0) {
      timespec now;
      sys::Raw(__NR_clock_gettime, data.clock, &now);
      s.deadline_ns = ToNs(now) + s.remaining_ns;
    }
    return out->Add(data);
  }
  reason->Str("that expires faster than it can be read");
  return false;
}

}  // namespace ckpt::track
