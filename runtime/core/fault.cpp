// fault.cpp - see base/fault.h.

#include "base/fault.h"

#include "base/bytes.h"
#include "sys/process.h"
#include "sys/signal.h"

namespace ckpt::fault {

constinit Armed g_armed{};

namespace {

constexpr const char* kNames[] = {
#define CKPT_FAULT_POINT(name) #name,
#include "base/fault.def"
};

}  // namespace

bool Arm(const char* text) {
  Armed armed{};
  for (uint32_t i = 0; i < static_cast<uint32_t>(Point::kCount); ++i) {
    const size_t n = StrLen(kNames[i]);
    if (!StartsWith(text, kNames[i]) || text[n] != '=') continue;
    armed.on = 1;
    armed.point = static_cast<Point>(i);
    text += n + 1;
    break;
  }
  if (armed.on == 0) return false;
  if (StartsWith(text, "kill")) {
    armed.error = kKill;
    text += 4;
  } else {
    constexpr uint64_t kMaxErrno = 4095;
    const uint64_t error = ParseNumber(&text, 10);
    if (error == 0 || error > kMaxErrno) return false;
    armed.error = static_cast<int32_t>(error);
  }
  armed.at = 1;
  if (*text == '@') {
    ++text;
    armed.at = static_cast<uint32_t>(ParseNumber(&text, 10));
    if (armed.at == 0) return false;
    if (*text == '+') {
      armed.sticky = 1;
      ++text;
    }
  }
  if (*text != '\0') return false;
  g_armed = armed;
  return true;
}

long At(Point point) {
  int error;
  if (!Hits(&g_armed, point, &error)) return 0;
  if (error == kKill) {
    sys::Raw(__NR_kill, sys::GetPid(), SIGKILL);
    for (;;) sys::Raw(__NR_pause);
  }
  return -error;
}

}  // namespace ckpt::fault
