// thread_settings.cpp - see thread_settings.h.

#include "core/thread_settings.h"

#include "core/message.h"
#include "core/state.h"
#include "sys/process.h"
#include "sys/sched.h"

namespace ckpt::core {
namespace {

using image::ThreadItem;
using image::ThreadSettings;

constexpr uint32_t kItems = static_cast<uint32_t>(ThreadItem::kCount);
constexpr long kInvalid = -22;  // EINVAL

// Threads that go on without an item of theirs, until SayLostSettings.
struct Lost {
  std::atomic<uint32_t> threads{0};
  std::atomic<int32_t> first{0};  // by the id that the program knows
  std::atomic<int32_t> error{0};  // of that one, -errno
  std::atomic<int32_t> cpu{0};    // kAffinity: one that is not there
};
constinit Lost g_lost[kItems];

bool Holds(uint64_t set, ThreadItem item) {
  return (set & image::ItemBit(item)) != 0;
}

// In a handler. What PR_SET_TIMERSLACK 0 goes back to cannot be asked for, only
// gone back to.
uint64_t DefaultSlack(uint64_t now) {
  sys::Prctl(PR_SET_TIMERSLACK, 0);
  const long slack = sys::Prctl(PR_GET_TIMERSLACK);
  sys::Prctl(PR_SET_TIMERSLACK, now);
  return static_cast<uint64_t>(slack);
}

// In a handler. `launcher` stands in for what this thread cannot be asked.
void ReadScheduling(ThreadSettings* s, const ThreadSettings* launcher) {
  sys::SchedAttr attr{};
  sys::GetSchedAttr(&attr);
  s->policy = attr.policy;
  s->priority = attr.priority;
  s->sched_flags = attr.flags & ~sys::kSchedFlagClamps;
  const bool ordinary = sys::IsOrdinary(attr.policy);
  // Under the ordinary policies `runtime` is the time slice.
  s->runtime_ns = ordinary ? 0 : attr.runtime;
  s->deadline_ns = attr.deadline;
  s->period_ns = attr.period;
  s->slice_ns = ordinary              ? attr.runtime
                : launcher != nullptr ? launcher->slice_ns
                                      : 0;
  s->util_min = attr.util_min;
  s->util_max = attr.util_max;
  s->nice = attr.policy == sys::kSchedOther || attr.policy == sys::kSchedBatch
                ? attr.nice
                : sys::GetNice();
}

// In a handler.
void ReadTimerSlack(ThreadSettings* s, const ThreadSettings* launcher,
                    bool chosen_before) {
  s->timer_slack_ns = static_cast<uint64_t>(sys::Prctl(PR_GET_TIMERSLACK));
  if (launcher == nullptr) {
    s->default_slack_ns = DefaultSlack(s->timer_slack_ns);
  } else if (sys::IsRealTime(s->policy) && s->timer_slack_ns == 0) {
    // The kernel has set it aside (Linux 6.12), and will go back to the
    // default.
    s->timer_slack_ns = launcher->timer_slack_ns;
    s->default_slack_ns = launcher->default_slack_ns;
  } else {
    const bool changed = s->timer_slack_ns != launcher->timer_slack_ns;
    s->default_slack_ns = changed || chosen_before
                              ? DefaultSlack(s->timer_slack_ns)
                              : launcher->default_slack_ns;
  }
}

// In a handler. All of it but what has been chosen.
void Read(ThreadSettings* s, const ThreadSettings* launcher,
          bool slack_chosen_before) {
  const long size = sys::GetAffinity(s->affinity, sizeof(s->affinity));
  s->affinity_size = size > 0 ? static_cast<uint32_t>(size) : 0;
  ReadScheduling(s, launcher);
  ReadTimerSlack(s, launcher, slack_chosen_before);
  const long io = sys::GetIoPriority();
  s->io_priority = io >= 0 ? static_cast<uint32_t>(io) : 0;
  s->personality = static_cast<uint32_t>(sys::Raw(__NR_personality, ~0u));
  int mode = 0;
  __builtin_memset(s->memory_nodes, 0, sizeof(s->memory_nodes));
  // A kernel without memory policies says so: all are the default.
  sys::GetMemoryPolicy(&mode, s->memory_nodes, image::kMaskWords);
  s->memory_policy = static_cast<uint32_t>(mode);
  s->no_new_privs = sys::Prctl(PR_GET_NO_NEW_PRIVS) == 1 ? 1 : 0;
  s->death_signal = 0;
  sys::Prctl(PR_GET_PDEATHSIG, reinterpret_cast<uint64_t>(&s->death_signal));
  s->securebits = static_cast<uint32_t>(sys::Prctl(PR_GET_SECUREBITS));
}

}  // namespace

void ReadLaunchersThread(ThreadSettings* out) {
  *out = {};
  Read(out, nullptr, false);
}

void RecordThread(track::Slot* slot, bool is_main) {
  const ThreadSettings last = slot->settings;
  ThreadSettings launcher = g_state.launcher_thread;
  if (!is_main) launcher.death_signal = 0;
  Read(&slot->settings, &launcher,
       Holds(last.chosen, ThreadItem::kTimerSlack));
  image::EnterChosen<ThreadItem>(&slot->settings, launcher, last,
                                 &slot->unreached);
}

namespace {

// A restored thread, and what it could not get.
struct Restored {
  const ThreadSettings& settings;
  int tid;  // that the program knows
  bool guarded;
  bool lost = false;
};

void NoteLost(Restored* thread, ThreadItem item, long error, int cpu = 0) {
  thread->lost = true;
  Lost& lost = g_lost[static_cast<uint32_t>(item)];
  if (lost.threads.fetch_add(1, std::memory_order_relaxed) != 0) return;
  lost.first.store(thread->tid, std::memory_order_relaxed);
  lost.error.store(static_cast<int32_t>(error), std::memory_order_relaxed);
  lost.cpu.store(cpu, std::memory_order_relaxed);
}

// The CPUs of the mask that this machine has and the
// launcher may use; if there are none, the launcher's.
void RestoreAffinity(Restored* thread) {
  const ThreadSettings& s = thread->settings;
  if (s.affinity_size == 0) return;
  const long r = sys::SetAffinity(s.affinity, s.affinity_size);
  uint64_t now[image::kMaskWords];
  sys::GetAffinity(now, sizeof(now));
  for (uint32_t i = 0; i < image::kMaskWords; ++i) {
    const uint64_t missing = s.affinity[i] & ~now[i];
    if (missing == 0) continue;
    NoteLost(thread, ThreadItem::kAffinity, r,
             static_cast<int>(i * 64) + __builtin_ctzll(missing));
    return;
  }
}

// The kernel takes all of it in one call; what was not chosen is passed back as
// it is.
void RestoreScheduling(Restored* thread) {
  const ThreadSettings& s = thread->settings;
  sys::SchedAttr attr{};
  if (sys::GetSchedAttr(&attr) < 0) return;
  attr.flags &= ~sys::kSchedFlagClamps;
  if (Holds(s.chosen, ThreadItem::kPolicy)) {
    attr.policy = s.policy;
    attr.priority = s.priority;
    attr.flags = s.sched_flags;
    attr.runtime = s.runtime_ns;
    attr.deadline = s.deadline_ns;
    attr.period = s.period_ns;
    attr.nice = sys::GetNice();
  }
  if (sys::IsOrdinary(attr.policy)) {
    // 0: the system's.
    attr.runtime = Holds(s.chosen, ThreadItem::kSlice) ? s.slice_ns : 0;
  }
  long r = sys::SetSchedAttr(attr);
  if (r < 0) {
    if (Holds(s.chosen, ThreadItem::kPolicy)) {
      NoteLost(thread, ThreadItem::kPolicy, r);
    } else if (Holds(s.chosen, ThreadItem::kSlice)) {
      NoteLost(thread, ThreadItem::kSlice, r);
    }
  }
  if (!Holds(s.chosen, ThreadItem::kClamps)) return;
  if (sys::GetSchedAttr(&attr) < 0) return;
  attr.flags |= sys::kSchedFlagClamps;
  attr.util_min = s.util_min;
  attr.util_max = s.util_max;
  r = sys::SetSchedAttr(attr);
  if (r < 0) NoteLost(thread, ThreadItem::kClamps, r);
}

long RestoreSecurebits(uint32_t bits) {
  const long r = sys::Prctl(PR_SET_SECUREBITS, bits);
  if (r >= 0) return r;
  // One of them may be set without the right to set all.
  constexpr uint32_t kKeepCaps = 1 << 4;
  if (static_cast<uint32_t>(sys::Prctl(PR_GET_SECUREBITS)) !=
      (bits ^ kKeepCaps)) {
    return r;
  }
  return sys::Prctl(PR_SET_KEEPCAPS, (bits & kKeepCaps) != 0 ? 1 : 0);
}

// 0, a value, or -errno.
long Restore(ThreadItem item, const ThreadSettings& s, bool guarded) {
  switch (item) {
    case ThreadItem::kPersonality:
      return sys::Raw(__NR_personality, s.personality);
    case ThreadItem::kIoPriority:
      return sys::SetIoPriority(s.io_priority);
    case ThreadItem::kTimerSlack:
      return sys::Prctl(PR_SET_TIMERSLACK, s.timer_slack_ns);
    case ThreadItem::kMemoryPolicy:
      return sys::SetMemoryPolicy(s.memory_policy, s.memory_nodes,
                                  image::kMaskWords);
    case ThreadItem::kNice:
      return sys::SetNice(s.nice);
    case ThreadItem::kDeathSignal:
      // None at all: a guarded process still has to end with its guardian.
      return s.death_signal == 0 && guarded
                 ? 0
                 : sys::Prctl(PR_SET_PDEATHSIG, s.death_signal);
    case ThreadItem::kSecurebits:
      return RestoreSecurebits(s.securebits);
    case ThreadItem::kNoNewPrivs:
      // The launcher may have set it; that cannot be taken back.
      return s.no_new_privs == 0 ? 0 : sys::Prctl(PR_SET_NO_NEW_PRIVS, 1);
    default:
      return 0;
  }
}

}  // namespace

void RestoreThread(track::Slot* slot, const image::ThreadRecord& record,
                   bool guarded) {
  constexpr uint64_t kScheduling = image::ItemBit(ThreadItem::kPolicy) |
                                   image::ItemBit(ThreadItem::kSlice) |
                                   image::ItemBit(ThreadItem::kClamps);
  Restored thread{record.settings, record.vtid, guarded};
  const uint64_t chosen = thread.settings.chosen;
  bool scheduled = false;
  for (uint32_t i = 0; i < kItems; ++i) {
    const auto item = static_cast<ThreadItem>(i);
    if (!Holds(chosen, item)) continue;
    if (item == ThreadItem::kAffinity) {
      RestoreAffinity(&thread);
    } else if ((image::ItemBit(item) & kScheduling) != 0) {
      if (!scheduled) RestoreScheduling(&thread);
      scheduled = true;
    } else {
      const long r = Restore(item, thread.settings, guarded);
      if (r < 0) NoteLost(&thread, item, r);
    }
  }
  slot->unreached.chosen = 0;
  if (!thread.lost) return;
  Read(&slot->unreached, nullptr, false);
  slot->unreached.chosen =
      chosen & image::Differing<ThreadItem>(slot->unreached, thread.settings);
}

void BecomeLaunchers() {
  const ThreadSettings& launcher = g_state.launcher_thread;
  sys::SchedAttr attr{};
  if (sys::GetSchedAttr(&attr) < 0) return;
  if (attr.policy != launcher.policy || attr.nice != launcher.nice) {
    attr = {};
    attr.policy = launcher.policy;
    attr.priority = launcher.priority;
    attr.nice = launcher.nice;
    // A nice value that may not be lowered stays.
    if (sys::SetSchedAttr(attr) < 0) {
      attr.policy = sys::kSchedOther;
      attr.priority = 0;
      attr.nice = sys::GetNice();
      sys::SetSchedAttr(attr);
    }
  }
  if (launcher.affinity_size != 0) {
    sys::SetAffinity(launcher.affinity, launcher.affinity_size);
  }
}

CreatorScope::CreatorScope() {
  sys::SchedAttr attr{};
  if (sys::GetSchedAttr(&attr) < 0 || attr.policy != sys::kSchedDeadline ||
      (attr.flags & sys::kSchedFlagResetOnFork) != 0) {
    return;
  }
  attr.flags |= sys::kSchedFlagResetOnFork;
  changed_ = sys::SetSchedAttr(attr) >= 0;
}

CreatorScope::~CreatorScope() {
  sys::SchedAttr attr{};
  if (!changed_ || sys::GetSchedAttr(&attr) < 0) return;
  attr.flags &= ~sys::kSchedFlagResetOnFork;
  sys::SetSchedAttr(attr);
}

void SayLostSettings() {
  for (uint32_t i = 0; i < kItems; ++i) {
    Lost& lost = g_lost[i];
    // The threads have arrived: their notes are visible.
    const uint32_t threads = lost.threads.load(std::memory_order_relaxed);
    if (threads == 0) continue;
    const auto item = static_cast<ThreadItem>(i);
    Line line;
    line.Str("restarted without the ").Str(image::ItemOf(item).name);
    line.Str(" of thread ").Dec(static_cast<uint64_t>(
        lost.first.load(std::memory_order_relaxed)));
    if (threads > 1) line.Str(" and of ").Dec(threads - 1).Str(" more");
    line.Str(": ");
    const long error = lost.error.load(std::memory_order_relaxed);
    if (item == ThreadItem::kAffinity) {
      line.Str("CPU ").Dec(static_cast<uint64_t>(
          lost.cpu.load(std::memory_order_relaxed)));
      line.Str(error == kInvalid ? " is not available, nor any other of it"
                                 : " is not available");
    } else {
      AddError(&line, error);
    }
    Say(line);
    lost.threads.store(0, std::memory_order_relaxed);
  }
}

}  // namespace ckpt::core
