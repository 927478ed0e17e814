// lock_records.cpp - see lock_records.h.

#include "track/lock_records.h"

#include "sys/x86_64/frame.h"
#include "track/lock_kinds.h"
#include "track/lock_view.h"
#include "track/locks.h"

namespace ckpt::track {
namespace {

using image::LockState;

void AddRecord(LockTable* table, uint32_t thread, LockState state,
               const LockView& view, const pthread_cond_t* condition) {
  if (table->count < table->capacity) {
    table->records[table->count] = {
        thread,    state,     view.address,
        reinterpret_cast<uint64_t>(condition),
        view.kind, view.word, view.owner,
        view.count};
  }
  ++table->count;
}

const ucontext_t* FrameOf(const Slot* slot) {
  return reinterpret_cast<const ucontext_t*>(slot->frame);
}

bool Waits(const Slot* slot, uint64_t object, uint64_t size) {
  const uint64_t futex =
      slot->frame == 0 ? 0 : sys::FutexWaitedFor(FrameOf(slot));
  return futex >= object && futex < object + size;
}

// What the thread does with the lock that it is busy with. A thread that has
// been signalled is on its way from the condition to the mutex.
LockState StateOfWanted(const Slot* slot, const LockView& wanted) {
  if (Waits(slot, wanted.address, wanted.size)) return LockState::kWanted;
  // A priority-inheriting mutex that would be a deadlock is waited for on a
  // word of the stack, until the deadline or for ever.
  constexpr uint64_t kFrameSize = 512;
  const uint64_t stack =
      slot->frame == 0
          ? 0
          : static_cast<uint64_t>(FrameOf(slot)->uc_mcontext.gregs[REG_RSP]);
  if (stack != 0 && Waits(slot, stack, kFrameSize)) return LockState::kWanted;
  const auto condition = reinterpret_cast<uint64_t>(slot->waiting_on);
  return condition != 0 && Waits(slot, condition, sizeof(pthread_cond_t))
             ? LockState::kCondWait
             : LockState::kInFlight;
}

// The dynamic linker's locks pass no hook.
void CollectLinkerLocks(const Slot* slot, uint32_t thread, LockTable* table) {
  const int tid = slot->tid.load(std::memory_order_relaxed);
  LockView view;
  for (pthread_mutex_t* mutex : table->linker) {
    if (!View(mutex, &view)) continue;
    if (IsOwnedBy(view, tid)) {
      const bool busy = IsInLinkerLockCode(FrameOf(slot), mutex);
      AddRecord(table, thread, busy ? LockState::kInFlight : LockState::kHeld,
                view, nullptr);
    } else if (Waits(slot, view.address, view.size)) {
      const bool keeps_id = KeepsValue(FrameOf(slot), tid);
      AddRecord(table, thread,
                keeps_id ? LockState::kInFlight : LockState::kWanted, view,
                nullptr);
    }
  }
}

}  // namespace

bool MakeRoom(uint32_t stop, Arena* arena, LockTable* table) {
  const uint32_t capacity =
      static_cast<uint32_t>(arena->left() / 2 / sizeof(image::LockRecord));
  uint32_t most = 0;
  const Slot* slots = FirstSlot();
  for (uint32_t i = 0; i < SlotCount(); ++i) {
    if (slots[i].parked.load(std::memory_order_relaxed) == stop &&
        slots[i].lock_depth > most) {
      most = slots[i].lock_depth;
    }
  }
  const uint64_t size = LockSet::SizeFor(most);
  auto* records = arena->Take<image::LockRecord>(capacity);
  auto* seen = arena->Take<LockSet::Entry>(size);
  if (records == nullptr || seen == nullptr) return false;
  __builtin_memset(seen, 0, size * sizeof(*seen));
  *table = {records, capacity, 0, {}, {seen, size}};
  table->linker.Find();
  return true;
}

void CollectLocks(const Slot* slot, uint32_t thread, LockTable* table) {
  const int tid = slot->tid.load(std::memory_order_relaxed);
  const pthread_mutex_t* wanted = slot->wanted;
  LockView view;
  table->seen.Clear();
  for (uint32_t i = 0; i < slot->lock_depth; ++i) {
    const pthread_mutex_t* entry = LockAt(slot, i);
    // What the thread is busy with is told below.
    if (entry == wanted) continue;
    // A recursive mutex has an entry per lock; one record says it, with the
    // count that the mutex itself carries.
    bool is_new;
    table->seen.Of(entry, &is_new);
    if (!is_new || !View(entry, &view) || !IsOwnedBy(view, tid)) continue;
    AddRecord(table, thread, LockState::kHeld, view, nullptr);
  }
  if (wanted != nullptr && !IsShortCall(wanted) && View(wanted, &view)) {
    const LockState state = StateOfWanted(slot, view);
    AddRecord(table, thread, state, view,
              state == LockState::kCondWait ? slot->waiting_on : nullptr);
  }
  CollectLinkerLocks(slot, thread, table);
}

bool MayHoldItsId(const Slot* slot, const ucontext_t* frame) {
  if (sys::FutexWaitedFor(frame) != 0) return false;
  const pthread_mutex_t* wanted = slot->wanted;
  LockView view;
  if (IsShortCall(wanted)) return true;
  if (wanted != nullptr) {
    return View(wanted, &view) && ComparesOwner(view.kind);
  }
  return IsInLinkerLockCode(frame, nullptr);
}

}  // namespace ckpt::track
