// settings.h - what a thread and a process have arranged with the kernel about
// themselves: a part of format.h, and of the thread registry.
//
// What the program has not set itself it has from its launcher (taskset, nice,
// ulimit, a batch system), and after a restart it shall have it from the new
// one. So each record says which of its items the program has chosen: those
// that differ from what the program found at its start (docs/restart.md). An
// item is a range of bytes of its record, so that one function compares all.

#ifndef CKPT_IMAGE_SETTINGS_H
#define CKPT_IMAGE_SETTINGS_H

#include <stddef.h>
#include <stdint.h>

namespace ckpt::image {

constexpr uint32_t kMaskWords = 16;  // of 64 CPUs, or of 64 memory nodes

struct ThreadSettings {
  uint64_t chosen;                // bit n: ThreadItem n is the program's own
  uint64_t affinity[kMaskWords];  // sched_getaffinity, CPU 0 first
  uint32_t affinity_size;         // bytes of it that count, 0: not known
  int32_t nice;
  uint32_t policy;       // SCHED_*
  uint32_t priority;     // under SCHED_FIFO and SCHED_RR, else 0
  uint64_t sched_flags;  // SCHED_FLAG_RESET_ON_FORK and the like
  uint64_t runtime_ns, deadline_ns, period_ns;  // under SCHED_DEADLINE, else 0
  uint64_t slice_ns;            // under the ordinary policies
  uint32_t util_min, util_max;  // utilization clamps
  uint64_t timer_slack_ns;
  uint64_t default_slack_ns;  // what PR_SET_TIMERSLACK 0 goes back to
  uint32_t io_priority;       // ioprio_get
  uint32_t personality;
  uint64_t memory_policy;  // MPOL_* with its flags
  uint64_t memory_nodes[kMaskWords];
  uint32_t no_new_privs;
  uint32_t death_signal;  // PR_SET_PDEATHSIG
  uint32_t securebits;
  uint32_t reserved;
};
static_assert(sizeof(ThreadSettings) == 376);

struct Limit {
  uint64_t soft, hard;
};
constexpr uint32_t kLimits = 16;  // RLIMIT_CPU to RLIMIT_RTTIME

struct ProcessSettings {
  uint64_t chosen;        // bit n: ProcessItem n is the program's own
  Limit limits[kLimits];  // by RLIMIT_*
  uint32_t dumpable;
  uint32_t child_subreaper;
  uint32_t thp_disable;
  uint32_t mdwe;          // PR_SET_MDWE: no memory written and executed
  uint32_t memory_merge;  // PR_SET_MEMORY_MERGE
  uint32_t coredump_filter;
  int32_t oom_score_adj;
  uint32_t lock_future;  // MCL_FUTURE, MCL_ONFAULT of mlockall
};
static_assert(sizeof(ProcessSettings) == 296);

// In the order in which a thread sets them again.
enum class ThreadItem : uint32_t {
  kPersonality,
  kIoPriority,
  kTimerSlack,
  kDefaultSlack,  // by the thread's creator, which hands it on
  kMemoryPolicy,
  kAffinity,  // before the policy: SCHED_DEADLINE wants all CPUs
  kNice,
  kPolicy,
  kSlice,
  kClamps,
  kDeathSignal,
  kSecurebits,
  kNoNewPrivs,  // cannot be taken back
  kCount,
};

// The soft and the hard limits by RLIMIT_*, then the rest in the order in which
// they are set again.
enum class ProcessItem : uint32_t {
  kSoftLimits = 0,
  kHardLimits = kLimits,
  kChildSubreaper = 2 * kLimits,
  kThpDisable,
  kMemoryMerge,
  kCoredumpFilter,
  kOomScore,
  kLockFuture,
  kMdwe,      // when no memory is to be mapped any more
  kDumpable,  // /proc of this process belongs to root from then on
  kCount,
};
static_assert(static_cast<uint32_t>(ProcessItem::kCount) <= 64);

// An item: where it lies in its record, and what it is called.
struct SettingItem {
  uint32_t offset, size;
  const char* name;
};

// Safe everywhere but in the restorer, which may not have a table of pointers.
constexpr SettingItem ItemOf(ThreadItem item) {
#define CKPT_ITEM(first, end, name)                      \
  {offsetof(ThreadSettings, first),                      \
   offsetof(ThreadSettings, end) - offsetof(ThreadSettings, first), name}
  switch (item) {
    case ThreadItem::kPersonality:
      return CKPT_ITEM(personality, memory_policy, "personality");
    case ThreadItem::kIoPriority:
      return CKPT_ITEM(io_priority, personality, "I/O priority");
    case ThreadItem::kTimerSlack:
      return CKPT_ITEM(timer_slack_ns, default_slack_ns, "timer slack");
    case ThreadItem::kDefaultSlack:
      return CKPT_ITEM(default_slack_ns, io_priority, "default timer slack");
    case ThreadItem::kMemoryPolicy:
      return CKPT_ITEM(memory_policy, no_new_privs, "memory policy");
    case ThreadItem::kAffinity:
      return CKPT_ITEM(affinity, nice, "CPU affinity");
    case ThreadItem::kNice:
      return CKPT_ITEM(nice, policy, "nice value");
    case ThreadItem::kPolicy:
      return CKPT_ITEM(policy, slice_ns, "scheduling policy");
    case ThreadItem::kSlice:
      return CKPT_ITEM(slice_ns, util_min, "time slice");
    case ThreadItem::kClamps:
      return CKPT_ITEM(util_min, timer_slack_ns, "utilization clamps");
    case ThreadItem::kDeathSignal:
      return CKPT_ITEM(death_signal, securebits, "parent-death signal");
    case ThreadItem::kSecurebits:
      return CKPT_ITEM(securebits, reserved, "securebits");
    case ThreadItem::kNoNewPrivs:
      return CKPT_ITEM(no_new_privs, death_signal, "no_new_privs");
    case ThreadItem::kCount:
      break;
  }
#undef CKPT_ITEM
  return {0, 0, ""};
}

constexpr const char* kLimitNames[kLimits] = {
    "RLIMIT_CPU",        "RLIMIT_FSIZE",   "RLIMIT_DATA",
    "RLIMIT_STACK",      "RLIMIT_CORE",    "RLIMIT_RSS",
    "RLIMIT_NPROC",      "RLIMIT_NOFILE",  "RLIMIT_MEMLOCK",
    "RLIMIT_AS",         "RLIMIT_LOCKS",   "RLIMIT_SIGPENDING",
    "RLIMIT_MSGQUEUE",   "RLIMIT_NICE",    "RLIMIT_RTPRIO",
    "RLIMIT_RTTIME",
};

constexpr SettingItem ItemOf(ProcessItem item) {
  const uint32_t number = static_cast<uint32_t>(item);
  if (number < 2 * kLimits) {
    const uint32_t which = number % kLimits;
    const uint32_t half = number < kLimits ? offsetof(Limit, soft)
                                           : offsetof(Limit, hard);
    return {static_cast<uint32_t>(offsetof(ProcessSettings, limits) +
                                  which * sizeof(Limit) + half),
            sizeof(uint64_t), kLimitNames[which]};
  }
#define CKPT_ITEM(field, name) {offsetof(ProcessSettings, field), 4, name}
  switch (item) {
    case ProcessItem::kChildSubreaper:
      return CKPT_ITEM(child_subreaper, "child sub-reaper");
    case ProcessItem::kThpDisable:
      return CKPT_ITEM(thp_disable, "PR_SET_THP_DISABLE");
    case ProcessItem::kMemoryMerge:
      return CKPT_ITEM(memory_merge, "PR_SET_MEMORY_MERGE");
    case ProcessItem::kCoredumpFilter:
      return CKPT_ITEM(coredump_filter, "coredump_filter");
    case ProcessItem::kOomScore:
      return CKPT_ITEM(oom_score_adj, "oom_score_adj");
    case ProcessItem::kLockFuture:
      return CKPT_ITEM(lock_future, "lock on new memory (MCL_FUTURE)");
    case ProcessItem::kMdwe:
      return CKPT_ITEM(mdwe, "PR_SET_MDWE");
    case ProcessItem::kDumpable:
      return CKPT_ITEM(dumpable, "dumpable");
    default:
      break;
  }
#undef CKPT_ITEM
  return {0, 0, ""};
}

template <typename Item>
constexpr uint64_t ItemBit(Item item) {
  return uint64_t{1} << static_cast<uint32_t>(item);
}

// True if the item is the same in both records.
template <typename Settings>
bool SameItem(const SettingItem& item, const Settings& a, const Settings& b) {
  uint32_t different = 0;
  for (uint32_t at = item.offset; at < item.offset + item.size; at += 4) {
    uint32_t x, y;
    __builtin_memcpy(&x, reinterpret_cast<const char*>(&a) + at, 4);
    __builtin_memcpy(&y, reinterpret_cast<const char*>(&b) + at, 4);
    different |= x ^ y;
  }
  return different == 0;
}

// The items in which two records differ.
template <typename Item, typename Settings>
uint64_t Differing(const Settings& a, const Settings& b) {
  uint64_t set = 0;
  for (uint32_t i = 0; i < static_cast<uint32_t>(Item::kCount); ++i) {
    if (!SameItem(ItemOf(static_cast<Item>(i)), a, b)) set |= uint64_t{1} << i;
  }
  return set;
}

// Enters in `now` what the program has chosen. That is, item by item,
// - what a restart could not give it and left as it is in `left`, while it is
//   still like that: then the choice is still that of `last`;
// - what differs from what the launcher has set up;
// - what had been chosen in `last` and has not changed since: the launcher's
//   may have come to be the same in a restart.
// `left->chosen` are the items that could not be given; those that the program
// has changed since are taken out.
template <typename Item, typename Settings>
void EnterChosen(Settings* now, const Settings& launcher, const Settings& last,
                 Settings* left) {
  now->chosen = Differing<Item>(*now, launcher) |
                (last.chosen & ~Differing<Item>(*now, last));
  if (left->chosen == 0) return;
  left->chosen &= ~Differing<Item>(*now, *left);
  for (uint32_t i = 0; i < static_cast<uint32_t>(Item::kCount); ++i) {
    if ((left->chosen >> i & 1) == 0) continue;
    const SettingItem item = ItemOf(static_cast<Item>(i));
    __builtin_memcpy(reinterpret_cast<char*>(now) + item.offset,
                     reinterpret_cast<const char*>(&last) + item.offset,
                     item.size);
    now->chosen |= uint64_t{1} << i;
  }
}

}  // namespace ckpt::image

#endif
