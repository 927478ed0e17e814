// lock_region_x86_64.cpp - see lock_region.h.

#include <stddef.h>

#include "track/lock_region.h"
#include "track/locks.h"

namespace ckpt::track {
namespace {

static_assert(offsetof(Slot, tid) == CKPT_SLOT_TID);
static_assert(offsetof(Slot, lock_depth) == CKPT_SLOT_LOCK_DEPTH);
static_assert(offsetof(Slot, locks) == CKPT_SLOT_LOCKS);
static_assert(kInlineLocks == CKPT_INLINE_LOCKS);
static_assert(offsetof(pthread_mutex_t, __data.__lock) == CKPT_MUTEX_WORD);
static_assert(offsetof(pthread_mutex_t, __data.__count) == CKPT_MUTEX_COUNT);
static_assert(offsetof(pthread_mutex_t, __data.__owner) == CKPT_MUTEX_OWNER);
static_assert(offsetof(pthread_mutex_t, __data.__nusers) == CKPT_MUTEX_USERS);
static_assert(offsetof(pthread_mutex_t, __data.__kind) == CKPT_MUTEX_KIND);
static_assert(offsetof(pthread_rwlock_t, __data.__readers) ==
              CKPT_RWLOCK_READERS);
static_assert(offsetof(pthread_rwlock_t, __data.__wrphase_futex) ==
              CKPT_RWLOCK_PHASE_FUTEX);
static_assert(offsetof(pthread_rwlock_t, __data.__writers_futex) ==
              CKPT_RWLOCK_WRITERS_FUTEX);
static_assert(offsetof(pthread_rwlock_t, __data.__cur_writer) ==
              CKPT_RWLOCK_WRITER);
static_assert(offsetof(pthread_rwlock_t, __data.__shared) ==
              CKPT_RWLOCK_SHARED);
static_assert(offsetof(pthread_rwlock_t, __data.__flags) == CKPT_RWLOCK_FLAGS);

// A row of the table that the assembly makes: instruction pointers from `first`
// to `last`, as offsets from __ckpt_lock_region. The first row that applies
// counts.
struct Row {
  uint32_t first, last;
  uint32_t target;  // where the thread goes on
  uint32_t what;    // CKPT_REGION_*
};

extern "C" {
extern const char __ckpt_lock_region[],
    __ckpt_lock_region_end[] __attribute__((visibility("hidden")));
extern const Row __ckpt_lock_rows[],
    __ckpt_lock_rows_end[] __attribute__((visibility("hidden")));
}

bool Applies(const Row& row, uint32_t at, const greg_t* regs) {
  constexpr greg_t kZeroFlag = 0x40;
  return at >= row.first && at <= row.last &&
         ((row.what & CKPT_REGION_IF_ZERO) == 0 ||
          (regs[REG_EFL] & kZeroFlag) != 0);
}

// In a handler. What is missing on a mutex.
void FinishMutex(uint32_t what, int tid, pthread_mutex_t* lock) {
  auto& mutex = lock->__data;
  if ((what & CKPT_REGION_OWNER) != 0) mutex.__owner = tid;
  if ((what & CKPT_REGION_USERS) != 0) ++mutex.__nusers;
  if ((what & CKPT_REGION_COUNT_ONE) != 0) mutex.__count = 1;
  if ((what & CKPT_REGION_COUNT_UP) != 0) ++mutex.__count;
}

// In a handler. On a read-write lock that the thread has for writing, so that
// others only wait for it.
void FinishRwlock(uint32_t what, int tid, const greg_t* regs,
                  pthread_rwlock_t* lock) {
  auto& rwlock = lock->__data;
  if ((what & CKPT_REGION_FUTEX) != 0) rwlock.__writers_futex = 1;
  if ((what & CKPT_REGION_PHASE) != 0 &&
      static_cast<uint32_t>(regs[REG_RAX]) == 0) {
    rwlock.__wrphase_futex = 1;
  }
  if ((what & CKPT_REGION_FUTEX_BACK) != 0) {
    rwlock.__writers_futex = static_cast<uint32_t>(regs[REG_RSI]);
  }
  if ((what & CKPT_REGION_WRITER) != 0) rwlock.__cur_writer = tid;
}

// In a handler. In the thread's table.
void FinishTable(uint32_t what, Slot* slot, const greg_t* regs) {
  constexpr uint32_t kPushRwlock =
      CKPT_REGION_PUSH_READER | CKPT_REGION_PUSH_WRITER;
  const auto depth = static_cast<uint32_t>(regs[REG_RCX]);
  auto* lock = reinterpret_cast<pthread_mutex_t*>(regs[REG_RDI]);
  if ((what & CKPT_REGION_PUSH) != 0) {
    slot->locks[depth - 1] = lock;
  } else if ((what & kPushRwlock) != 0) {
    slot->locks[depth - 1] =
        TagRwlock(reinterpret_cast<pthread_rwlock_t*>(lock),
                  (what & CKPT_REGION_PUSH_WRITER) != 0);
  } else if ((what & CKPT_REGION_SECOND) != 0) {
    slot->locks[depth - 1] = slot->locks[depth];
  }
  if ((what & (CKPT_REGION_DEPTH | CKPT_REGION_PUSH | kPushRwlock)) != 0) {
    slot->lock_depth = depth;
  }
}

// In a handler.
void Finish(const Row& row, Slot* slot, greg_t* regs) {
  if ((row.what & CKPT_REGION_STAY) != 0) return;
  const int tid = slot->tid.load(std::memory_order_relaxed);
  FinishMutex(row.what, tid,
              reinterpret_cast<pthread_mutex_t*>(regs[REG_RDI]));
  FinishRwlock(row.what, tid, regs,
               reinterpret_cast<pthread_rwlock_t*>(regs[REG_RDI]));
  FinishTable(row.what, slot, regs);
  regs[REG_RIP] = reinterpret_cast<greg_t>(__ckpt_lock_region) + row.target;
}

}  // namespace

void LeaveLockRegion(Slot* slot, ucontext_t* frame) {
  greg_t* regs = frame->uc_mcontext.gregs;
  const auto base = reinterpret_cast<uint64_t>(__ckpt_lock_region);
  const auto end = reinterpret_cast<uint64_t>(__ckpt_lock_region_end);
  const uint64_t at = static_cast<uint64_t>(regs[REG_RIP]) - base;
  if (__builtin_expect(at >= end - base, 1)) return;
  for (const Row* row = __ckpt_lock_rows; row != __ckpt_lock_rows_end; ++row) {
    if (!Applies(*row, static_cast<uint32_t>(at), regs)) continue;
    Finish(*row, slot, regs);
    return;
  }
}

}  // namespace ckpt::track
