// registry.cpp - see registry.h.

#include "track/registry.h"

#include "base/bytes.h"
#include "base/check.h"
#include "sys/memory.h"
#include "sys/process.h"
#include "sys/signal.h"

namespace ckpt::track {

constinit thread_local Slot* t_slot = nullptr;
constinit std::atomic<uint32_t> g_epoch{0};

namespace {

constexpr uint32_t kFewestThreads = 256;

constinit Slot* g_slots = nullptr;
constinit uint32_t g_capacity = 0;
constinit std::atomic<uint32_t> g_count{0};  // high-water mark
constinit std::atomic<uint32_t> g_hint{0};   // where a free slot may be
constinit std::atomic<uint32_t> g_sweep{0};  // next slot to look at

}  // namespace

long InitRegistry() {
  if (g_slots != nullptr) return 0;
  // A tight RLIMIT_AS gets a smaller one: there is no room for many threads.
  long at = 0;
  for (uint32_t n = kMaxThreads; n >= kFewestThreads; n /= 2) {
    at = sys::Map(0, sizeof(Slot) * n, PROT_READ | PROT_WRITE,
                  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE);
    if (sys::IsError(at)) continue;
    g_slots = reinterpret_cast<Slot*>(at);
    g_capacity = n;
    return 0;
  }
  return at;
}

namespace {

// No thread can say when its last destructor of thread-local data has run, so
// none gives its slot back itself. Each taker looks at a few slots in turn:
// there are about as many of threads that are gone as of others.
//
// An id is only good between two restarts: one that was read before a restart
// under new ids and used after it names nobody, or somebody else. The epoch
// tells.
void SweepSome() {
  const uint32_t count = SlotCount();
  const uint32_t epoch = Epoch();
  const int pid = sys::GetPid();
  for (int i = 0; i < 2 && count > 0; ++i) {
    Slot* slot =
        &g_slots[g_sweep.fetch_add(1, std::memory_order_relaxed) % count];
    const int tid = slot->tid.load(std::memory_order_relaxed);
    if (slot->used.load(std::memory_order_acquire) != 1 || tid == 0) continue;
    if (sys::ThreadKill(pid, tid, 0) != -3) continue;  // ESRCH
    if (Epoch() != epoch) return;
    uint32_t used = 1;
    if (!slot->used.compare_exchange_strong(used, 2,
                                            std::memory_order_acquire)) {
      continue;
    }
    // It may have been given back and taken again since the first look.
    if (slot->tid.load(std::memory_order_relaxed) == tid &&
        Epoch() == epoch) {
      ReleaseSlot(slot);
    } else {
      slot->used.store(1, std::memory_order_release);
    }
  }
}

}  // namespace

Slot* TakeSlot() {
  if (g_slots == nullptr) {
    CKPT_CHECK(InitRegistry() == 0, "no memory for the thread table");
  }
  SweepSome();
  const uint32_t hint = g_hint.load(std::memory_order_relaxed);
  for (uint32_t i = 0; i < g_capacity; ++i) {
    const uint32_t at = (hint + i) % g_capacity;
    Slot* slot = &g_slots[at];
    uint32_t free = 0;
    // Acquire pairs with the release store in ReleaseSlot.
    if (slot->used.load(std::memory_order_relaxed) != 0 ||
        !slot->used.compare_exchange_strong(free, 1,
                                            std::memory_order_acquire)) {
      continue;
    }
    uint32_t count = g_count.load(std::memory_order_relaxed);
    while (count <= at && !g_count.compare_exchange_weak(
                              count, at + 1, std::memory_order_relaxed)) {
    }
    g_hint.store(at + 1, std::memory_order_relaxed);
    slot->tid.store(0, std::memory_order_relaxed);
    slot->vtid = 0;
    slot->left.store(0, std::memory_order_relaxed);
    slot->start_routine = nullptr;
    slot->start_argument = nullptr;
    slot->state = image::ThreadState::kRunning;
    slot->wait_object = 0;
    slot->waits_inside = 0;
    slot->wanted = nullptr;
    slot->waiting_on = nullptr;
    slot->timeout = {};
    slot->cpu = {};
    slot->lock_depth = 0;  // a spill of the last owner's is kept
    slot->tidy_at = kInlineLocks;
    slot->parked.store(0, std::memory_order_relaxed);
    slot->settings.chosen = slot->unreached.chosen = 0;
    return slot;
  }
  CKPT_CHECK(false, "too many threads for the thread table");
  return nullptr;
}

void BeginEpoch() { g_epoch.fetch_add(1, std::memory_order_release); }

namespace {

// True if its thread has left it and is no more.
bool IsGone(const Slot& slot) {
  return slot.left.load(std::memory_order_relaxed) != 0 &&
         sys::ThreadKill(sys::GetPid(),
                         slot.tid.load(std::memory_order_relaxed),
                         0) == -3;  // ESRCH
}

// The id that the program shall see of a new thread: the kernel's, except if
// another thread that lives since before a restart under new ids is known by
// that number. Then one that the kernel gives to nobody (PID_MAX_LIMIT).
int VisibleIdOf(const Slot* slot, int tid) {
  if (Epoch() == 0) return tid;
  for (uint32_t i = 0; i < SlotCount(); ++i) {
    const Slot& other = g_slots[i];
    if (&other != slot && other.vtid == tid &&
        other.used.load(std::memory_order_relaxed) == 1 && !IsGone(other)) {
      return kFirstInventedId + static_cast<int>(slot - g_slots);
    }
  }
  return tid;
}

}  // namespace

void NoteTid(Slot* slot) {
  uint32_t epoch;
  do {
    epoch = Epoch();
    const int tid = sys::GetTid();
    if (slot->vtid == 0) slot->vtid = VisibleIdOf(slot, tid);
    slot->tid.store(tid, std::memory_order_relaxed);
  } while (Epoch() != epoch);
}

void AdoptSlot(Slot* slot) {
  // The pointer first: a stop signal from here on finds this slot, and a
  // restart corrects it.
  t_slot = slot;
  asm volatile("" ::: "memory");
  NoteTid(slot);
}

void BecomeOnlyThread() {
  Slot* slot = t_slot;
  if (slot == nullptr) return;
  slot->vtid = sys::GetTid();
  slot->tid.store(slot->vtid, std::memory_order_relaxed);
}

void ForgetOtherThreads() {
  const Slot* self = Self();
  for (uint32_t i = 0; i < SlotCount(); ++i) {
    if (&g_slots[i] != self &&
        g_slots[i].used.load(std::memory_order_relaxed) == 1) {
      ReleaseSlot(&g_slots[i]);
    }
  }
}

Slot* Register() {
  Slot* slot = TakeSlot();
  AdoptSlot(slot);
  return slot;
}

void ReleaseSlot(Slot* slot) {
  const uint32_t at = static_cast<uint32_t>(slot - g_slots);
  // A free slot has no id: the sweeper must not take one that is just being
  // taken for a dead thread's.
  slot->tid.store(0, std::memory_order_relaxed);
  slot->used.store(0, std::memory_order_release);
  if (at < g_hint.load(std::memory_order_relaxed)) {
    g_hint.store(at, std::memory_order_relaxed);
  }
}

void LeaveSlot(Slot* slot) {
  // Cancelled in a wait, it has unwound past the end of it.
  slot->state = image::ThreadState::kRunning;
  slot->waiting_on = nullptr;
  slot->wanted = nullptr;
  slot->left.store(1, std::memory_order_relaxed);
}

Slot* FirstSlot() { return g_slots; }
uint32_t SlotCount() { return g_count.load(std::memory_order_relaxed); }

void ReleaseStaleSlots(uint32_t sequence) {
  for (uint32_t i = 0; i < SlotCount(); ++i) {
    Slot* slot = &g_slots[i];
    // tid 0: taken for a thread that pthread_create has not started yet.
    if (slot->used.load(std::memory_order_relaxed) == 1 &&
        slot->tid.load(std::memory_order_relaxed) != 0 &&
        slot->parked.load(std::memory_order_relaxed) != sequence) {
      ReleaseSlot(slot);
    }
  }
}

}  // namespace ckpt::track
