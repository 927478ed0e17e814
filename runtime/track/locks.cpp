// locks.cpp - see locks.h.

#include "track/locks.h"

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

}  // namespace

bool ReadMutex(const pthread_mutex_t* mutex, pthread_mutex_t* out) {
  struct Vector {
    void* base;
    uint64_t size;
  };
  const Vector local{out, sizeof(*out)};
  const Vector remote{const_cast<pthread_mutex_t*>(mutex), sizeof(*mutex)};
  return sys::Raw(__NR_process_vm_readv, sys::GetPid(), &local, 1, &remote, 1,
                  0) == static_cast<long>(sizeof(*out));
}

namespace {

void AddRecord(LockTable* table, uint32_t thread, image::LockState state,
               const pthread_mutex_t* mutex, const pthread_mutex_t& copy,
               const pthread_cond_t* condition) {
  if (table->count < table->capacity) {
    image::LockRecord* r = &table->records[table->count];
    r->thread = thread;
    r->state = state;
    r->mutex = reinterpret_cast<uint64_t>(mutex);
    r->condition = reinterpret_cast<uint64_t>(condition);
    r->kind = static_cast<uint32_t>(copy.__data.__kind);
    r->word = static_cast<uint32_t>(copy.__data.__lock);
    r->owner = copy.__data.__owner;
    r->count = copy.__data.__count;
  }
  ++table->count;
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
  const int tid = slot->tid.load(std::memory_order_relaxed);
  const pthread_mutex_t* wanted = slot->wanted;
  bool wanted_is_held = false;
  pthread_mutex_t copy;
  for (uint32_t i = 0; i < slot->lock_depth; ++i) {
    const pthread_mutex_t* mutex = LockAt(slot, i);
    if (mutex == wanted) {
      wanted_is_held = true;
      if (slot->waiting_on != nullptr) continue;  // released into the wait
    }
    if (!ReadMutex(mutex, &copy)) continue;  // stale: unmapped
    if (copy.__data.__lock == 0 || copy.__data.__owner != tid) continue;
    // A recursive mutex has one entry per lock; one record says it with the
    // count that the mutex itself carries.
    bool seen = false;
    for (uint32_t k = 0; k < i && !seen; ++k) seen = LockAt(slot, k) == mutex;
    if (seen) continue;
    AddRecord(table, thread, image::LockState::kHeld, mutex, copy, nullptr);
  }
  if (wanted == nullptr || !ReadMutex(wanted, &copy)) return;
  if (slot->waiting_on != nullptr) {
    AddRecord(table, thread, image::LockState::kCondWait, wanted, copy,
              slot->waiting_on);
  } else if (!wanted_is_held) {
    // Between the atomic operation and the owner field it is the owner's
    // already; the field tells which side of it the thread is on.
    const bool held = copy.__data.__lock != 0 && copy.__data.__owner == tid;
    AddRecord(table, thread,
              held ? image::LockState::kHeld : image::LockState::kWanted,
              wanted, copy, nullptr);
  }
}

}  // namespace ckpt::track
