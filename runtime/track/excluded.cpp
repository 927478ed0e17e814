// excluded.cpp - see excluded.h.

#include "track/excluded.h"

#include <atomic>

#include "sys/futex.h"
#include "sys/signal.h"

namespace ckpt::track {
namespace {

constexpr uint64_t kPage = image::kPageSize;
constexpr image::Range kNone = {~uint64_t{0}, ~uint64_t{0}};

// Guarded by g_lock, but for the bounds.
constinit image::Range g_ranges[kMaxExcluded] = {};
constinit uint32_t g_count = 0;
// What lies outside is not excluded. [0, 0) when nothing is.
constinit std::atomic<uint64_t> g_low{0}, g_high{0};

constinit sys::Word g_lock{0};  // 1: taken, 2: and somebody waits

// With all signals blocked: a thread that was parked in here would leave a
// table that is half changed.
class Locked {
 public:
  Locked() {
    const sys::SignalSet all = sys::kAllSignals;
    sys::SetMask(SIG_BLOCK, &all, &mask_);
    uint32_t free = 0;
    if (g_lock.compare_exchange_strong(free, 1, std::memory_order_acquire)) {
      return;
    }
    // Acquire pairs with the release of who had it.
    while (g_lock.exchange(2, std::memory_order_acquire) != 0) {
      sys::FutexWait(&g_lock, 2);
    }
  }
  ~Locked() {
    g_low.store(g_count == 0 ? 0 : g_ranges[0].start,
                std::memory_order_relaxed);
    g_high.store(g_count == 0 ? 0 : g_ranges[g_count - 1].end,
                 std::memory_order_relaxed);
    if (g_lock.exchange(0, std::memory_order_release) == 2) {
      sys::FutexWake(&g_lock, 1);
    }
    sys::SetMask(SIG_SETMASK, &mask_);
  }

 private:
  sys::SignalSet mask_ = 0;
};

// The first range that ends behind `at`, or at it if `touching`.
uint32_t First(uint64_t at, bool touching) {
  uint32_t low = 0, high = g_count;
  while (low < high) {
    const uint32_t middle = (low + high) / 2;
    const uint64_t end = g_ranges[middle].end;
    if (touching ? end >= at : end > at) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return low;
}

// Puts `count` ranges in the place of [from, to). There is room.
void Replace(uint32_t from, uint32_t to, const image::Range* ranges,
             uint32_t count) {
  __builtin_memmove(&g_ranges[from + count], &g_ranges[to],
                    (g_count - to) * sizeof(g_ranges[0]));
  for (uint32_t i = 0; i < count; ++i) g_ranges[from + i] = ranges[i];
  g_count += count + from - to;
}

}  // namespace

long ExcludeBytes(uint64_t start, uint64_t end) {
  constexpr long kNoMemory = -12;  // ENOMEM
  if (start >= end) return 0;
  const Locked locked;
  const uint32_t from = First(start, /*touching=*/true);
  uint32_t to = from;
  image::Range joined = {start, end};
  for (; to < g_count && g_ranges[to].start <= end; ++to) {
    if (g_ranges[to].start < joined.start) joined.start = g_ranges[to].start;
    if (g_ranges[to].end > joined.end) joined.end = g_ranges[to].end;
  }
  if (to == from && g_count == kMaxExcluded) return kNoMemory;
  Replace(from, to, &joined, 1);
  return 0;
}

void IncludeBytes(uint64_t start, uint64_t end) {
  if (start >= end) return;
  const Locked locked;
  const uint32_t from = First(start, /*touching=*/false);
  uint32_t to = from, count = 0;
  image::Range left[2];
  for (; to < g_count && g_ranges[to].start < end; ++to) {
    const image::Range& range = g_ranges[to];
    if (range.start < start) left[count++] = {range.start, start};
    if (range.end > end) left[count++] = {end, range.end};
  }
  if (count > to - from && g_count == kMaxExcluded) count = 1;
  Replace(from, to, left, count);
}

bool MayBeExcluded(uint64_t start, uint64_t end) {
  return start < g_high.load(std::memory_order_relaxed) &&
         end > g_low.load(std::memory_order_relaxed);
}

Span<const image::Range> ExcludedBytes() { return {g_ranges, g_count}; }

image::Range ExcludedPages(Span<const image::Range> ranges, uint64_t at) {
  size_t low = 0, high = ranges.size;
  while (low < high) {
    const size_t middle = (low + high) / 2;
    if (ranges[middle].end > at) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  for (; low < ranges.size; ++low) {
    const image::Range pages = {(ranges[low].start + kPage - 1) & ~(kPage - 1),
                                ranges[low].end & ~(kPage - 1)};
    if (pages.start < pages.end && pages.end > at) return pages;
  }
  return kNone;
}

void UnlockExcluded() { g_lock.store(0, std::memory_order_relaxed); }

}  // namespace ckpt::track
