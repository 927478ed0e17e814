// timers.cpp - see timers.h.

#include "track/timers.h"

#include <sys/mman.h>

#include "sys/memory.h"
#include "track/timer_setting.h"

namespace ckpt::track {
namespace {

constexpr uint32_t kCapacity = 1 << 16;
constexpr int32_t kFree = -1;
// How far apart two readings of a clock and the kernel's answer may be.
constexpr uint64_t kToleranceNs = 500000;

constinit std::atomic<Timer*> g_timers{nullptr};

Timer* Table() {
  Timer* table = g_timers.load(std::memory_order_acquire);
  if (table != nullptr) return table;
  constexpr uint64_t kSize = sizeof(Timer) * kCapacity;
  const long at = sys::Map(0, kSize, PROT_READ | PROT_WRITE,
                           MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE);
  if (sys::IsError(at)) return nullptr;
  auto* fresh = reinterpret_cast<Timer*>(at);
  // Release pairs with the acquire above and in FindTimer.
  if (g_timers.compare_exchange_strong(table, fresh,
                                       std::memory_order_acq_rel)) {
    return fresh;
  }
  sys::Unmap(static_cast<uint64_t>(at), kSize);
  return table;
}

uint32_t Home(int32_t id) { return static_cast<uint32_t>(id) % kCapacity; }

// The expiry of `moment` that is about at `about_ns`, or 0.
uint64_t ExpiryOf(const Moment& moment, uint64_t interval_ns,
                  uint64_t about_ns) {
  if (moment.first_ns == 0 || moment.interval_ns != interval_ns) return 0;
  // The nearest one.
  const uint64_t half = interval_ns / 2;
  const uint64_t expiry = NextAfter(moment.first_ns, interval_ns,
                                    about_ns > half ? about_ns - half : 0);
  const uint64_t apart =
      expiry > about_ns ? expiry - about_ns : about_ns - expiry;
  return apart <= kToleranceNs ? expiry : 0;
}

}  // namespace

void AddTimer(int32_t id, int32_t clock) {
  Timer* table = Table();
  if (table == nullptr || id < 0) return;
  for (uint32_t i = 0; i < kCapacity; ++i) {
    Timer& timer = table[(Home(id) + i) % kCapacity];
    int32_t key = timer.key.load(std::memory_order_relaxed);
    if (key > 0) continue;
    if (!timer.key.compare_exchange_strong(key, id + 1,
                                           std::memory_order_acq_rel)) {
      continue;
    }
    timer.clock = clock;
    timer.moments[0] = timer.moments[1] = {};
    return;
  }
}

Timer* FindTimer(int32_t id) {
  Timer* table = g_timers.load(std::memory_order_acquire);
  if (table == nullptr || id < 0) return nullptr;
  for (uint32_t i = 0; i < kCapacity; ++i) {
    Timer* timer = &table[(Home(id) + i) % kCapacity];
    const int32_t key = timer->key.load(std::memory_order_acquire);
    if (key == 0) return nullptr;
    if (key == id + 1) return timer;
  }
  return nullptr;
}

void RemoveTimer(int32_t id) {
  Timer* timer = FindTimer(id);
  if (timer != nullptr) timer->key.store(kFree, std::memory_order_release);
}

bool AnyTimer() {
  const Timer* table = g_timers.load(std::memory_order_relaxed);
  for (uint32_t i = 0; table != nullptr && i < kCapacity; ++i) {
    if (table[i].key.load(std::memory_order_relaxed) > 0) return true;
  }
  return false;
}

void ForgetTimers() {
  Timer* table = g_timers.load(std::memory_order_relaxed);
  if (table == nullptr) return;
  // Zeros again.
  sys::Raw(__NR_madvise, table, sizeof(Timer) * kCapacity, MADV_DONTNEED);
}

void NoteMoment(Timer* timer, const Moment& moment) {
  const uint32_t older =
      1 - (timer->newest.load(std::memory_order_relaxed) & 1);
  timer->moments[older] = moment;
  timer->newest.store(older, std::memory_order_release);
}

void SettleMoment(Timer* timer) {
  const uint32_t newest = timer->newest.load(std::memory_order_relaxed) & 1;
  timer->moments[1 - newest] = timer->moments[newest];
}

uint64_t MomentOf(int32_t id, uint64_t interval_ns, uint64_t about_ns) {
  const Timer* timer = FindTimer(id);
  if (timer == nullptr) return 0;
  const uint32_t newest = timer->newest.load(std::memory_order_relaxed) & 1;
  const uint64_t expiry =
      ExpiryOf(timer->moments[newest], interval_ns, about_ns);
  return expiry != 0
             ? expiry
             : ExpiryOf(timer->moments[1 - newest], interval_ns, about_ns);
}

}  // namespace ckpt::track
