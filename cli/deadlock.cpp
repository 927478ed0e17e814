// deadlock.cpp - see deadlock.h.

#include "deadlock.h"

#include <algorithm>
#include <optional>
#include <unordered_map>

namespace ckpt::cli {
namespace {

using image::LockState;
using image::ThreadState;

// The one wait of each thread: a thread is in one call at a time.
std::vector<std::optional<Wait>> FindWaits(
    Span<const image::ThreadRecord> threads,
    Span<const image::LockRecord> locks) {
  std::unordered_map<uint64_t, uint32_t> holders;
  for (const image::LockRecord& lock : locks) {
    if (lock.state == LockState::kHeld) holders[lock.mutex] = lock.thread;
  }
  // glibc's pthread_t is the thread pointer.
  std::unordered_map<uint64_t, uint32_t> by_handle;
  for (uint32_t i = 0; i < threads.size; ++i) by_handle[threads[i].fs_base] = i;

  std::vector<std::optional<Wait>> waits(threads.size);
  const auto want = [&](uint32_t thread, uint64_t mutex) {
    const auto holder = holders.find(mutex);
    if (holder != holders.end()) {
      waits[thread] = Wait{thread, holder->second, false, mutex};
    }
  };
  for (uint32_t i = 0; i < threads.size; ++i) {
    if (threads[i].state == ThreadState::kLockWait) {
      want(i, threads[i].wait_object);
    } else if (threads[i].state == ThreadState::kJoinWait) {
      const auto target = by_handle.find(threads[i].wait_object);
      if (target != by_handle.end()) {
        waits[i] = Wait{i, target->second, true, threads[i].wait_object};
      }
    }
  }
  for (const image::LockRecord& lock : locks) {
    if (lock.state == LockState::kWanted) want(lock.thread, lock.mutex);
  }
  return waits;
}

}  // namespace

std::vector<Deadlock> FindDeadlocks(Span<const image::ThreadRecord> threads,
                                    Span<const image::LockRecord> locks) {
  const auto waits = FindWaits(threads, locks);
  constexpr uint32_t kUnseen = ~0u;
  std::vector<uint32_t> walk_of(threads.size, kUnseen);
  std::vector<Deadlock> deadlocks;
  // Each thread has at most one way on, so a walk either ends, meets an earlier
  // walk, or runs into itself: that is a circle.
  for (uint32_t start = 0; start < threads.size; ++start) {
    uint32_t at = start;
    while (walk_of[at] == kUnseen && waits[at]) {
      walk_of[at] = start;
      at = waits[at]->holder;
    }
    if (walk_of[at] != start) continue;
    Deadlock deadlock;
    const uint32_t first = at;
    do {
      deadlock.push_back(*waits[at]);
      at = waits[at]->holder;
    } while (at != first);
    std::rotate(deadlock.begin(),
                std::min_element(deadlock.begin(), deadlock.end(),
                                 [](const Wait& a, const Wait& b) {
                                   return a.thread < b.thread;
                                 }),
                deadlock.end());
    deadlocks.push_back(std::move(deadlock));
  }
  return deadlocks;
}

}  // namespace ckpt::cli
