// ended_children.cpp - see ended_children.h.

#include "core/ended_children.h"

#include <sys/wait.h>

#include <atomic>

#include "core/state.h"
#include "sys/process.h"

namespace ckpt::core {
namespace {

enum : uint32_t {
  kFree = 0,
  kRecorded = 1,  // for the image that is being written
  kEnded = 2,     // can be waited for
  kTaken = 3,     // by a thread that is about to free it
};

struct Entry {
  std::atomic<uint32_t> state;
  EndedChild child;
};

constinit Entry g_entries[kMaxEnded] = {};
// Entries from here on have never been used.
constinit std::atomic<uint32_t> g_count{0};

bool IsInGroup(const EndedChild& child, int32_t group) {
  if (group == 0) return child.own_group != 0;
  return child.group == group ||
         (child.own_group != 0 && group == sys::Raw(__NR_getpgid, 0));
}

bool Matches(const EndedChild& child, int type, int32_t id, int options) {
  if ((options & __WALL) == 0 &&
      ((options & static_cast<int>(__WCLONE)) != 0) !=
          (child.clone_child != 0)) {
    return false;
  }
  switch (type) {
    case P_ALL:
      return true;
    case P_PID:
      return child.pid == id;
    case P_PGID:
      return IsInGroup(child, id);
    default:
      return false;
  }
}

void Describe(const EndedChild& child, siginfo_t* info) {
  *info = {};
  info->si_signo = SIGCHLD;
  info->si_code = child.code;
  info->si_pid = child.pid;
  info->si_uid = child.uid;
  info->si_status = child.status;
}

// An entry's state from one value to another; false if it was a third.
bool Change(Entry* entry, uint32_t from, uint32_t to) {
  return entry->state.compare_exchange_strong(from, to,
                                              std::memory_order_acq_rel);
}

}  // namespace

bool RecordEnded(const EndedChild& child) {
  for (uint32_t i = 0; i < kMaxEnded; ++i) {
    if (!Change(&g_entries[i], kFree, kRecorded)) continue;
    g_entries[i].child = child;
    if (g_count.load(std::memory_order_relaxed) <= i) {
      g_count.store(i + 1, std::memory_order_release);
    }
    return true;
  }
  return false;
}

void DropRecorded() {
  uint32_t used = 0;
  for (uint32_t i = 0; i < g_count.load(std::memory_order_relaxed); ++i) {
    Change(&g_entries[i], kRecorded, kFree);
    if (g_entries[i].state.load(std::memory_order_relaxed) != kFree) {
      used = i + 1;
    }
  }
  g_count.store(used, std::memory_order_relaxed);
}

void AdoptRecorded() {
  for (uint32_t i = 0; i < g_count.load(std::memory_order_relaxed); ++i) {
    Change(&g_entries[i], kRecorded, kEnded);
  }
}

void ForgetEnded() {
  for (uint32_t i = 0; i < g_count.load(std::memory_order_relaxed); ++i) {
    g_entries[i].state.store(kFree, std::memory_order_relaxed);
  }
  g_count.store(0, std::memory_order_relaxed);
}

bool TakeEnded(int type, int32_t id, int options, siginfo_t* info) {
  const uint32_t count = g_count.load(std::memory_order_acquire);
  if (count == 0 || (options & WEXITED) == 0) return false;
  // Between vfork and exec they are the parent's.
  if (sys::GetPid() != g_state.pid) return false;
  for (uint32_t i = 0; i < count; ++i) {
    Entry& entry = g_entries[i];
    if (entry.state.load(std::memory_order_acquire) != kEnded ||
        !Matches(entry.child, type, id, options) ||
        !Change(&entry, kEnded, kTaken)) {
      continue;
    }
    Describe(entry.child, info);
    entry.state.store((options & WNOWAIT) != 0 ? kEnded : kFree,
                      std::memory_order_release);
    return true;
  }
  return false;
}

bool IsEnded(int32_t pid) {
  const uint32_t count = g_count.load(std::memory_order_acquire);
  for (uint32_t i = 0; i < count; ++i) {
    if (g_entries[i].state.load(std::memory_order_acquire) == kEnded &&
        g_entries[i].child.pid == pid) {
      return true;
    }
  }
  return false;
}

int WaitStatus(const siginfo_t& info) {
  if (info.si_code == CLD_EXITED) return (info.si_status & 0xff) << 8;
  return info.si_status | (info.si_code == CLD_DUMPED ? 0x80 : 0);
}

}  // namespace ckpt::core
