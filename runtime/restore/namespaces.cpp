// namespaces.cpp - see namespaces.h.

#include "restore/namespaces.h"

#include <linux/sched.h>

#include "base/bytes.h"
#include "core/message.h"
#include "sys/file.h"
#include "sys/process.h"

namespace ckpt::restore {
namespace {

constexpr const char* kOffsets = "/proc/self/timens_offsets";
constexpr uint64_t kSecond = 1000000000;

bool WriteText(const char* path, const char* text, size_t size) {
  const long fd = sys::Open(path, O_WRONLY | O_CLOEXEC);
  if (fd < 0) return false;
  const bool ok = sys::WriteAll(static_cast<int>(fd), text, size) >= 0;
  sys::Close(static_cast<int>(fd));
  return ok;
}

// The line of /proc/self/timens_offsets for `clock`, in nanoseconds:
//   monotonic           SECONDS         NANOSECONDS
int64_t OffsetIn(const char* text, const char* clock) {
  for (const char* p = text; *p != '\0';) {
    const char* word = p;
    while (*p == ' ') ++p;
    if (StartsWith(p, clock)) {
      word = p + StrLen(clock);
      while (*word == ' ') ++word;
      const bool negative = *word == '-';
      if (negative) ++word;
      const auto seconds = static_cast<int64_t>(ParseNumber(&word, 10));
      while (*word == ' ') ++word;
      const auto rest = static_cast<int64_t>(ParseNumber(&word, 10));
      return (negative ? -seconds : seconds) * static_cast<int64_t>(kSecond) +
             rest;
    }
    while (*p != '\n' && *p != '\0') ++p;
    if (*p == '\n') ++p;
  }
  return 0;
}

void AddOffset(Line* text, const char* clock, int64_t ns) {
  // The kernel wants the nanoseconds positive.
  int64_t seconds = ns / static_cast<int64_t>(kSecond);
  int64_t rest = ns % static_cast<int64_t>(kSecond);
  if (rest < 0) {
    rest += static_cast<int64_t>(kSecond);
    --seconds;
  }
  text->Str(clock).Char(' ');
  if (seconds < 0) text->Char('-');
  text->Dec(static_cast<uint64_t>(seconds < 0 ? -seconds : seconds))
      .Char(' ').Dec(static_cast<uint64_t>(rest)).Char('\n');
}

int64_t Behind(uint64_t seen_ns, int clock) {
  const uint64_t now = sys::NowNs(clock);
  // The coarse clocks lag behind by up to a tick, and differently then and now.
  constexpr uint64_t kTickNs = 10000000;
  return seen_ns > now ? static_cast<int64_t>(seen_ns - now + kTickNs) : 0;
}

// A new time namespace, made by this process for its children so far.
long NewTimeNamespace() {
  const uint64_t uid = static_cast<uint64_t>(sys::Raw(__NR_geteuid));
  const uint64_t gid = static_cast<uint64_t>(sys::Raw(__NR_getegid));
  long r = sys::Raw(__NR_unshare, CLONE_NEWTIME);
  if (r == -1) {  // EPERM: as the root of a user namespace, then
    r = sys::Raw(__NR_unshare, CLONE_NEWUSER | CLONE_NEWTIME);
    if (r >= 0 && !MapIds(uid, gid)) r = -1;
  }
  return r;
}

}  // namespace

bool MapIds(uint64_t uid, uint64_t gid) {
  Line users, groups;
  users.Dec(uid).Char(' ').Dec(uid).Str(" 1");
  groups.Dec(gid).Char(' ').Dec(gid).Str(" 1");
  WriteText("/proc/self/setgroups", "deny", 4);
  return WriteText("/proc/self/uid_map", users.text(), users.size()) &&
         WriteText("/proc/self/gid_map", groups.text(), groups.size());
}

bool CatchUp(const Clocks& seen, int64_t* shift_ns, Line* why) {
  *shift_ns = 0;
  const int64_t monotonic = Behind(seen.monotonic_ns, CLOCK_MONOTONIC);
  const int64_t boottime = Behind(seen.boottime_ns, CLOCK_BOOTTIME);
  if (monotonic == 0 && boottime == 0) return true;
  long r = NewTimeNamespace();
  char text[256];
  if (r >= 0) {
    const long size = sys::ReadWhole(kOffsets, text, sizeof(text));
    Line offsets;
    if (size > 0) {
      AddOffset(&offsets, "monotonic", OffsetIn(text, "monotonic") + monotonic);
      AddOffset(&offsets, "boottime", OffsetIn(text, "boottime") + boottime);
    }
    r = size > 0 && WriteText(kOffsets, offsets.text(), offsets.size()) ? 0
                                                                        : -22;
  }
  if (r >= 0) {
    const long fd = sys::Open("/proc/self/ns/time_for_children",
                              O_RDONLY | O_CLOEXEC);
    r = fd < 0 ? fd : sys::Raw(__NR_setns, fd, CLONE_NEWTIME);
    if (fd >= 0) sys::Close(static_cast<int>(fd));
  }
  if (r >= 0) {
    *shift_ns = monotonic;
    return true;
  }
  why->Str("the clocks of this machine are behind those of the checkpoint, and "
           "there is no time namespace to set them in: ");
  core::AddError(why, r);
  return false;
}

}  // namespace ckpt::restore
