// locks.cpp - see locks.h.

#include "track/locks.h"

#include <ucontext.h>

#include "base/bytes.h"
#include "base/check.h"
#include "sys/memory.h"
#include "sys/process.h"

namespace ckpt::track {
namespace {

void GrowSpill(Slot* slot) {
  const uint32_t capacity =
      slot->spill_capacity == 0 ? 512 : slot->spill_capacity * 2;
  const long at = sys::MapAnonymous(capacity * sizeof(pthread_mutex_t*));
  CKPT_CHECK(!sys::IsError(at), "no memory for a thread's lock table");
  auto** grown = reinterpret_cast<pthread_mutex_t**>(at);
  for (uint32_t i = 0; i < slot->spill_capacity; ++i) grown[i] = slot->spill[i];
  pthread_mutex_t** old = slot->spill;
  const uint32_t old_capacity = slot->spill_capacity;
  slot->spill = grown;
  asm volatile("" ::: "memory");
  slot->spill_capacity = capacity;
  if (old != nullptr) {
    sys::Unmap(reinterpret_cast<uint64_t>(old),
               old_capacity * sizeof(pthread_mutex_t*));
  }
}

void SetLockAt(Slot* slot, uint32_t n, pthread_mutex_t* mutex) {
  if (n < kInlineLocks) {
    slot->locks[n] = mutex;
  } else {
    slot->spill[n - kInlineLocks] = mutex;
  }
}

bool ReadMemory(const void* from, void* to, uint64_t size) {
  struct Vector {
    const void* base;
    uint64_t size;
  };
  const Vector local{to, size};
  const Vector remote{from, size};
  return sys::Raw(__NR_process_vm_readv, sys::GetTid(), &local, 1, &remote, 1,
                  0) == static_cast<long>(size);
}

}  // namespace

bool ReadMutex(const pthread_mutex_t* mutex, pthread_mutex_t* out) {
  return ReadMemory(mutex, out, sizeof(*out));
}

bool ReadRwlock(const pthread_rwlock_t* lock, pthread_rwlock_t* out) {
  return ReadMemory(lock, out, sizeof(*out));
}

namespace {

// What a lock in the table looks like in memory.
struct LockView {
  uint64_t address;
  uint32_t kind, word, count;
  int32_t owner;
};

// False if it is unmapped by now.
bool View(const pthread_mutex_t* entry, LockView* view) {
  if (const pthread_rwlock_t* lock = AsRwlock(entry)) {
    pthread_rwlock_t copy;
    if (!ReadRwlock(lock, &copy)) return false;
    *view = {reinterpret_cast<uint64_t>(lock), image::kRwlockKind,
             copy.__data.__readers, 0, copy.__data.__cur_writer};
    return true;
  }
  pthread_mutex_t copy;
  if (!ReadMutex(entry, &copy)) return false;
  *view = {reinterpret_cast<uint64_t>(entry),
           static_cast<uint32_t>(copy.__data.__kind),
           static_cast<uint32_t>(copy.__data.__lock),
           static_cast<uint32_t>(copy.__data.__count), copy.__data.__owner};
  return true;
}

bool IsOwnedBy(const LockView& view, int tid) {
  return view.word != 0 && view.owner == tid;
}

void AddRecord(LockTable* table, uint32_t thread, image::LockState state,
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

// True if the stop signal found the thread in a futex wait.
bool WaitsOnFutex(const Slot* slot) {
  if (slot->frame == 0) return false;
  const auto& regs =
      reinterpret_cast<const ucontext_t*>(slot->frame)->uc_mcontext.gregs;
  const auto* code = reinterpret_cast<const unsigned char*>(regs[REG_RIP]);
  // The kernel has set it back to the instruction, or made it return EINTR.
  const bool before = code[0] == 0x0f && code[1] == 0x05;
  const bool after = code[-2] == 0x0f && code[-1] == 0x05;
  return (before && regs[REG_RAX] == __NR_futex) ||
         (after && regs[REG_RAX] == -4);  // EINTR
}

// True if the futex that it waits on is part of `condition`: not if it has been
// signalled and is on its way to the mutex, or has not begun to wait.
bool WaitsFor(const Slot* slot, const pthread_cond_t* condition) {
  if (!WaitsOnFutex(slot)) return false;
  const auto& regs =
      reinterpret_cast<const ucontext_t*>(slot->frame)->uc_mcontext.gregs;
  const auto futex = static_cast<uint64_t>(regs[REG_RDI]);
  const auto start = reinterpret_cast<uint64_t>(condition);
  return futex >= start && futex < start + sizeof(*condition);
}

}  // namespace

void PushSpilled(Slot* slot, pthread_mutex_t* mutex) {
  const uint32_t n = slot->lock_depth - kInlineLocks;
  if (n >= slot->spill_capacity) GrowSpill(slot);
  slot->spill[n] = mutex;
  asm volatile("" ::: "memory");
  slot->lock_depth = slot->lock_depth + 1;
}

void RemoveOlder(Slot* slot, pthread_mutex_t* mutex) {
  const uint32_t depth = slot->lock_depth;
  for (uint32_t i = depth; i-- > 0;) {
    if (LockAt(slot, i) != mutex) continue;
    for (uint32_t k = i; k + 1 < depth; ++k) {
      SetLockAt(slot, k, LockAt(slot, k + 1));
    }
    asm volatile("" ::: "memory");
    slot->lock_depth = depth - 1;
    return;
  }
  // Not in the table: locked by another thread, or before the table existed.
}

void CollectLocks(const Slot* slot, uint32_t thread, LockTable* table) {
  using image::LockState;
  const int tid = slot->tid.load(std::memory_order_relaxed);
  const pthread_mutex_t* wanted = slot->wanted;
  LockView view;
  for (uint32_t i = 0; i < slot->lock_depth; ++i) {
    const pthread_mutex_t* entry = LockAt(slot, i);
    // What the thread is busy with is told below.
    if (entry == wanted) continue;
    // A recursive mutex has an entry per lock; one record says it, with the
    // count that the mutex itself carries.
    bool seen = false;
    for (uint32_t k = 0; k < i && !seen; ++k) seen = LockAt(slot, k) == entry;
    if (seen || !View(entry, &view) || !IsOwnedBy(view, tid)) continue;
    AddRecord(table, thread, LockState::kHeld, view, nullptr);
  }
  if (wanted == nullptr || !View(wanted, &view)) return;
  if (slot->waiting_on != nullptr && WaitsFor(slot, slot->waiting_on)) {
    AddRecord(table, thread, LockState::kCondWait, view, slot->waiting_on);
  } else {
    AddRecord(table, thread,
              WaitsOnFutex(slot) ? LockState::kWanted : LockState::kInFlight,
              view, nullptr);
  }
}

void FindLinkerLocks(uint64_t start, uint64_t end,
                     Span<const image::ThreadRecord> threads,
                     LockTable* table) {
  constexpr int kRecursive = 1;
  for (uint64_t at = start; at + sizeof(pthread_mutex_t) <= end; at += 8) {
    const auto* mutex = reinterpret_cast<const pthread_mutex_t*>(at);
    const auto& data = mutex->__data;
    if (data.__kind != kRecursive || data.__lock <= 0 || data.__count == 0 ||
        data.__count > 64 || data.__owner <= 0) {
      continue;
    }
    for (uint32_t i = 0; i < threads.size; ++i) {
      LockView view;
      if (threads[i].tid != data.__owner || !View(mutex, &view)) continue;
      AddRecord(table, i, image::LockState::kInFlight, view, nullptr);
    }
  }
}

}  // namespace ckpt::track
