// settings.cpp - see settings.h.

#include "settings.h"

#include <fmt/format.h>

namespace ckpt::cli {
namespace {

using image::kLimits;
using image::ProcessItem;
using image::ProcessSettings;
using image::ThreadItem;
using image::ThreadSettings;

// "0-3,8"
std::string Numbers(const uint64_t (&mask)[image::kMaskWords]) {
  constexpr uint32_t kBits = image::kMaskWords * 64;
  const auto has = [&mask](uint32_t bit) {
    return bit < kBits && (mask[bit / 64] >> (bit % 64) & 1) != 0;
  };
  std::string text;
  for (uint32_t i = 0; i < kBits; ++i) {
    if (!has(i)) continue;
    const uint32_t first = i;
    while (has(i + 1)) ++i;
    if (!text.empty()) text += ',';
    text += first == i ? fmt::format("{}", i) : fmt::format("{}-{}", first, i);
  }
  return text.empty() ? "none" : text;
}

std::string Policy(const ThreadSettings& s) {
  constexpr const char* kNames[] = {"other", "fifo", "rr",      "batch",
                                    "iso",   "idle", "deadline"};
  std::string text = s.policy < std::size(kNames)
                         ? kNames[s.policy]
                         : fmt::format("policy {}", s.policy);
  if (s.priority != 0) text += fmt::format(" {}", s.priority);
  if (s.period_ns != 0) {
    text += fmt::format(" {}/{}/{} ns", s.runtime_ns, s.deadline_ns,
                        s.period_ns);
  }
  if ((s.sched_flags & 1) != 0) text += ", reset on fork";
  return text;
}

std::string IoPriority(uint32_t priority) {
  constexpr const char* kClasses[] = {"none", "real-time", "best effort",
                                      "idle"};
  const uint32_t io_class = priority >> 13 & 7;
  return fmt::format("{} {}",
                     io_class < std::size(kClasses) ? kClasses[io_class] : "?",
                     priority & 0x1fff);
}

std::string Value(ThreadItem item, const ThreadSettings& s) {
  switch (item) {
    case ThreadItem::kPersonality:
      return fmt::format("{:#x}", s.personality);
    case ThreadItem::kIoPriority:
      return IoPriority(s.io_priority);
    case ThreadItem::kTimerSlack:
      return fmt::format("{} ns", s.timer_slack_ns);
    case ThreadItem::kDefaultSlack:
      return fmt::format("{} ns", s.default_slack_ns);
    case ThreadItem::kMemoryPolicy:
      return MemoryPolicyText(s.memory_policy, s.memory_nodes);
    case ThreadItem::kAffinity:
      return Numbers(s.affinity);
    case ThreadItem::kNice:
      return fmt::format("{}", s.nice);
    case ThreadItem::kPolicy:
      return Policy(s);
    case ThreadItem::kSlice:
      return fmt::format("{} ns", s.slice_ns);
    case ThreadItem::kClamps:
      return fmt::format("{} to {}", s.util_min, s.util_max);
    case ThreadItem::kDeathSignal:
      return fmt::format("{}", s.death_signal);
    case ThreadItem::kSecurebits:
      return fmt::format("{:#x}", s.securebits);
    case ThreadItem::kNoNewPrivs:
      return fmt::format("{}", s.no_new_privs);
    case ThreadItem::kCount:
      break;
  }
  return "?";
}

std::string Value(ProcessItem item, const ProcessSettings& s) {
  switch (item) {
    case ProcessItem::kChildSubreaper:
      return fmt::format("{}", s.child_subreaper);
    case ProcessItem::kThpDisable:
      return fmt::format("{}", s.thp_disable);
    case ProcessItem::kMemoryMerge:
      return fmt::format("{}", s.memory_merge);
    case ProcessItem::kCoredumpFilter:
      return fmt::format("{:#x}", s.coredump_filter);
    case ProcessItem::kOomScore:
      return fmt::format("{}", s.oom_score_adj);
    case ProcessItem::kLockFuture:
      return fmt::format("{:#x}", s.lock_future);
    case ProcessItem::kMdwe:
      return fmt::format("{:#x}", s.mdwe);
    case ProcessItem::kDumpable:
      return fmt::format("{}", s.dumpable);
    default:
      return "?";
  }
}

std::string LimitText(uint64_t limit) {
  return limit == ~uint64_t{0} ? "unlimited" : fmt::format("{}", limit);
}

bool Has(uint64_t chosen, uint32_t item) { return (chosen >> item & 1) != 0; }

}  // namespace

std::string MemoryPolicyText(uint64_t mode,
                             const uint64_t (&nodes)[image::kMaskWords]) {
  constexpr const char* kNames[] = {
      "default", "preferred",      "bind", "interleave",
      "local",   "preferred many", "weighted interleave"};
  const uint64_t bare = mode & 0x1fff;  // without its flags
  std::string text = bare < std::size(kNames) ? kNames[bare]
                                              : fmt::format("mode {}", bare);
  const std::string numbers = Numbers(nodes);
  return numbers == "none" ? text : text + " " + numbers;
}

std::vector<SettingFacts> FindSettings(const ThreadSettings& settings) {
  std::vector<SettingFacts> found;
  for (uint32_t i = 0; i < static_cast<uint32_t>(ThreadItem::kCount); ++i) {
    if (!Has(settings.chosen, i)) continue;
    const auto item = static_cast<ThreadItem>(i);
    found.push_back({image::ItemOf(item).name, Value(item, settings)});
  }
  return found;
}

std::vector<SettingFacts> FindSettings(const ProcessSettings& settings) {
  std::vector<SettingFacts> found;
  for (uint32_t i = 0; i < kLimits; ++i) {
    std::string text;
    if (Has(settings.chosen, i)) {
      text = "soft " + LimitText(settings.limits[i].soft);
    }
    if (Has(settings.chosen, kLimits + i)) {
      if (!text.empty()) text += ", ";
      text += "hard " + LimitText(settings.limits[i].hard);
    }
    if (!text.empty()) found.push_back({image::kLimitNames[i], text});
  }
  for (uint32_t i = 2 * kLimits;
       i < static_cast<uint32_t>(ProcessItem::kCount); ++i) {
    if (!Has(settings.chosen, i)) continue;
    const auto item = static_cast<ProcessItem>(i);
    found.push_back({image::ItemOf(item).name, Value(item, settings)});
  }
  return found;
}

}  // namespace ckpt::cli
