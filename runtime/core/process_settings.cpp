// process_settings.cpp - see process_settings.h.

#include "core/process_settings.h"

#include <sys/resource.h>

#include "base/bytes.h"
#include "core/message.h"
#include "core/state.h"
#include "sys/file.h"
#include "sys/process.h"

namespace ckpt::core {
namespace {

using image::Limit;
using image::ProcessItem;
using image::ProcessSettings;

// There is none by thread: of a main thread that has ended it says nothing.
constexpr char kCoredumpFilter[] = "/proc/self/coredump_filter";
constexpr char kOomScore[] = "/proc/thread-self/oom_score_adj";

constexpr long kNotPermitted = -1;  // EPERM

// 0 where the kernel does not know it.
uint32_t Ask(int option) {
  const long r = sys::Prctl(option);
  return r < 0 ? 0 : static_cast<uint32_t>(r);
}

// The number in a file of /proc, or `unknown`.
int64_t NumberIn(const char* path, int base, int64_t unknown) {
  char text[32];
  if (sys::ReadWhole(path, text, sizeof(text)) <= 0) return unknown;
  const bool negative = text[0] == '-';
  const char* p = text + (negative ? 1 : 0);
  const auto value = static_cast<int64_t>(ParseNumber(&p, base));
  return negative ? -value : value;
}

long WriteNumber(const char* path, int64_t value) {
  const long fd = sys::Open(path, O_WRONLY | O_CLOEXEC);
  if (fd < 0) return fd;
  Line text;
  if (value < 0) text.Char('-');
  text.Dec(static_cast<uint64_t>(value < 0 ? -value : value));
  const long r =
      sys::WriteAll(static_cast<int>(fd), text.text(), text.size());
  sys::Close(static_cast<int>(fd));
  return r;
}

// `last` stands in for what cannot be read.
void Read(ProcessSettings* s, const ProcessSettings& last) {
  *s = {};
  for (uint32_t i = 0; i < image::kLimits; ++i) {
    sys::Raw(__NR_prlimit64, 0, i, 0, &s->limits[i]);
  }
  s->dumpable = Ask(PR_GET_DUMPABLE);
  int subreaper = 0;
  sys::Prctl(PR_GET_CHILD_SUBREAPER, reinterpret_cast<uint64_t>(&subreaper));
  s->child_subreaper = static_cast<uint32_t>(subreaper);
  s->thp_disable = Ask(PR_GET_THP_DISABLE);
  s->mdwe = Ask(sys::kPrGetMdwe);
  s->memory_merge = Ask(sys::kPrGetMemoryMerge);
  s->coredump_filter = static_cast<uint32_t>(
      NumberIn(kCoredumpFilter, 16, last.coredump_filter));
  s->oom_score_adj = static_cast<int32_t>(
      NumberIn(kOomScore, 10, last.oom_score_adj));
  s->lock_future = g_state.lock_future.load(std::memory_order_relaxed);
}

bool Holds(uint64_t set, ProcessItem item) {
  return (set & image::ItemBit(item)) != 0;
}

bool IsChosen(const ProcessSettings& s, ProcessItem first, uint32_t which) {
  return (s.chosen >> (static_cast<uint32_t>(first) + which) & 1) != 0;
}

void AddLimit(Line* line, uint64_t limit) {
  if (limit == ~uint64_t{0}) {
    line->Str("unlimited");
  } else {
    line->Dec(limit);
  }
}

// The half of a limit that the program has not set is the new launcher's. A
// hard limit that cannot be reached stays as it is; the soft one then goes as
// far as it lets it. 0, or -errno of what could not be had.
long RestoreLimit(const ProcessSettings& s, uint32_t which) {
  const bool soft = IsChosen(s, ProcessItem::kSoftLimits, which);
  const bool hard = IsChosen(s, ProcessItem::kHardLimits, which);
  if (!soft && !hard) return 0;
  Limit now{};
  sys::Raw(__NR_prlimit64, 0, which, 0, &now);
  Limit wanted = now;
  if (hard) wanted.hard = s.limits[which].hard;
  if (soft) wanted.soft = s.limits[which].soft;
  bool lost = false;
  const auto cut = [&] {
    if (wanted.soft <= wanted.hard) return;
    wanted.soft = wanted.hard;
    lost = lost || soft;
  };
  cut();
  long r = sys::Raw(__NR_prlimit64, 0, which, &wanted, 0);
  if (r == kNotPermitted && wanted.hard > now.hard) {
    lost = true;
    wanted.hard = now.hard;
    cut();
    r = sys::Raw(__NR_prlimit64, 0, which, &wanted, 0);
  }
  return r < 0 ? r : lost ? kNotPermitted : 0;
}

void SayLostLimit(const ProcessSettings& s, uint32_t which, long error) {
  const Limit& limit = s.limits[which];
  Line line;
  line.Str("restarted without the program's ").Str(image::kLimitNames[which]);
  line.Str(", soft ");
  AddLimit(&line, limit.soft);
  line.Str(", hard ");
  AddLimit(&line, limit.hard);
  line.Str(": ");
  AddError(&line, error);
  Say(line);
}

// 0, a value, or -errno.
long Restore(ProcessItem item, const ProcessSettings& s) {
  switch (item) {
    case ProcessItem::kChildSubreaper:
      return sys::Prctl(PR_SET_CHILD_SUBREAPER, s.child_subreaper);
    case ProcessItem::kThpDisable:
      // Above bit 0 are flags (Linux 6.18).
      return sys::Prctl(PR_SET_THP_DISABLE, s.thp_disable & 1,
                        s.thp_disable & ~1u);
    case ProcessItem::kMemoryMerge:
      return sys::Prctl(sys::kPrSetMemoryMerge, s.memory_merge);
    case ProcessItem::kCoredumpFilter:
      return WriteNumber(kCoredumpFilter, s.coredump_filter);
    case ProcessItem::kOomScore:
      return WriteNumber(kOomScore, s.oom_score_adj);
    case ProcessItem::kLockFuture:
      return sys::Raw(__NR_mlockall, s.lock_future);
    case ProcessItem::kMdwe:
      return sys::Prctl(sys::kPrSetMdwe, s.mdwe);
    case ProcessItem::kDumpable:
      return sys::Prctl(PR_SET_DUMPABLE, s.dumpable);
    default:
      return 0;
  }
}

}  // namespace

void ReadLaunchersProcess(ProcessSettings* out) {
  const ProcessSettings unknown{};
  Read(out, unknown);
}

void NoteLaunchersProcess() {
  ReadLaunchersProcess(&g_state.launcher_process);
  g_state.process_settings = g_state.launcher_process;
}

void RecordProcess(ProcessSettings* out) {
  Read(out, g_state.process_settings);
  image::EnterChosen<ProcessItem>(out, g_state.launcher_process,
                                  g_state.process_settings,
                                  &g_state.process_left);
  g_state.process_settings = *out;
}

DumpableScope::DumpableScope() {
  if (sys::Prctl(PR_GET_DUMPABLE) == 1) return;
  // Root may read it all the same.
  const long fd =
      sys::Open("/proc/thread-self/auxv", O_RDONLY | O_CLOEXEC);
  if (fd >= 0) {
    sys::Close(static_cast<int>(fd));
    return;
  }
  changed_ = sys::Prctl(PR_SET_DUMPABLE, 1) >= 0;
}

DumpableScope::~DumpableScope() {
  // 2, of a program file that may not be read, cannot be set again; 0 is more.
  if (changed_) sys::Prctl(PR_SET_DUMPABLE, 0);
}

void RestoreLimitsForThreads(const ProcessSettings& settings) {
  for (const uint32_t which :
       {RLIMIT_RTPRIO, RLIMIT_NICE, RLIMIT_SIGPENDING, RLIMIT_MEMLOCK}) {
    RestoreLimit(settings, which);
  }
}

void RestoreProcess(const ProcessSettings& settings) {
  bool lost = false;
  for (uint32_t i = 0; i < image::kLimits; ++i) {
    const long r = RestoreLimit(settings, i);
    if (r >= 0) continue;
    lost = true;
    SayLostLimit(settings, i, r);
  }
  for (uint32_t i = 2 * image::kLimits;
       i < static_cast<uint32_t>(ProcessItem::kCount); ++i) {
    const auto item = static_cast<ProcessItem>(i);
    if (!Holds(settings.chosen, item)) continue;
    const long r = Restore(item, settings);
    if (r >= 0) continue;
    lost = true;
    Line line;
    line.Str("restarted without the program's ");
    line.Str(image::ItemOf(item).name).Str(": ");
    AddError(&line, r);
    Say(line);
  }
  ProcessSettings& left = g_state.process_left;
  left.chosen = 0;
  if (!lost) return;
  Read(&left, settings);
  left.chosen =
      settings.chosen & image::Differing<ProcessItem>(left, settings);
}

}  // namespace ckpt::core
