// deadlock.cpp - see deadlock.h.

#include "deadlock.h"

#include <algorithm>
#include <unordered_map>

namespace ckpt::cli {
namespace {

using image::LockState;
using image::ThreadState;

// What each thread waits for. A read-write lock has several holders: its writer
// waits for all of its readers.
std::vector<std::vector<Wait>> FindWaits(
    Span<const image::ThreadRecord> threads,
    Span<const image::LockRecord> locks) {
  std::unordered_multimap<uint64_t, uint32_t> holders;
  for (const image::LockRecord& lock : locks) {
    if (lock.state == LockState::kHeld) {
      holders.emplace(lock.mutex, lock.thread);
    }
  }
  // glibc's pthread_t is the thread pointer.
  std::unordered_map<uint64_t, uint32_t> by_handle;
  for (uint32_t i = 0; i < threads.size; ++i) by_handle[threads[i].fs_base] = i;

  std::vector<std::vector<Wait>> waits(threads.size);
  const auto want = [&](uint32_t thread, uint64_t mutex) {
    if (!waits[thread].empty()) return;  // a thread is in one call at a time
    const auto [first, last] = holders.equal_range(mutex);
    for (auto holder = first; holder != last; ++holder) {
      waits[thread].push_back({thread, holder->second, false, mutex});
    }
    std::sort(waits[thread].begin(), waits[thread].end(),
              [](const Wait& a, const Wait& b) { return a.holder < b.holder; });
  };
  for (const image::LockRecord& lock : locks) {
    if (lock.state == LockState::kWanted) want(lock.thread, lock.mutex);
  }
  for (uint32_t i = 0; i < threads.size; ++i) {
    if (threads[i].state == ThreadState::kLockWait) {
      want(i, threads[i].wait_object);
    } else if (threads[i].state == ThreadState::kJoinWait) {
      const auto target = by_handle.find(threads[i].wait_object);
      if (target != by_handle.end()) {
        waits[i] = {{i, target->second, true, threads[i].wait_object}};
      }
    }
  }
  return waits;
}

// A walk along the waits that tells a circle when it comes back to a thread
// that it is still coming from.
class Walk {
 public:
  explicit Walk(std::vector<std::vector<Wait>> waits)
      : waits_(std::move(waits)), place_(waits_.size(), kUnseen) {}

  std::vector<Deadlock> Run() {
    for (uint32_t start = 0; start < waits_.size(); ++start) {
      if (place_[start] == kUnseen) From(start);
    }
    return std::move(deadlocks_);
  }

 private:
  static constexpr size_t kUnseen = ~size_t{0}, kDone = ~size_t{1};

  // `place_` is the thread's place on the path while it is on it. Without
  // recursion: there may be thousands of threads in a row.
  void From(uint32_t start) {
    std::vector<size_t> next;  // of each thread on the path, its next wait
    Enter(start, &next);
    while (!next.empty()) {
      const uint32_t thread = threads_.back();
      const std::vector<Wait>& waits = waits_[thread];
      if (next.back() == waits.size()) {
        place_[thread] = kDone;
        threads_.pop_back();
        next.pop_back();
        if (!path_.empty()) path_.pop_back();
        continue;
      }
      const Wait& wait = waits[next.back()++];
      const size_t seen = place_[wait.holder];
      if (seen == kDone) continue;
      path_.push_back(wait);
      if (seen == kUnseen) {
        Enter(wait.holder, &next);
      } else {
        Tell(seen);
        path_.pop_back();
      }
    }
  }

  void Enter(uint32_t thread, std::vector<size_t>* next) {
    place_[thread] = threads_.size();
    threads_.push_back(thread);
    next->push_back(0);
  }

  void Tell(size_t from) {
    Deadlock deadlock(path_.begin() + static_cast<ptrdiff_t>(from),
                      path_.end());
    std::rotate(deadlock.begin(),
                std::min_element(deadlock.begin(), deadlock.end(),
                                 [](const Wait& a, const Wait& b) {
                                   return a.thread < b.thread;
                                 }),
                deadlock.end());
    deadlocks_.push_back(std::move(deadlock));
  }

  std::vector<std::vector<Wait>> waits_;
  std::vector<size_t> place_;
  std::vector<uint32_t> threads_;  // on the path
  Deadlock path_;                  // the waits between them
  std::vector<Deadlock> deadlocks_;
};

}  // namespace

std::vector<Deadlock> FindDeadlocks(Span<const image::ThreadRecord> threads,
                                    Span<const image::LockRecord> locks) {
  return Walk(FindWaits(threads, locks)).Run();
}

}  // namespace ckpt::cli
