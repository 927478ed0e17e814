// lock_region_x86_64.cpp - see lock_region.h.

#include <stddef.h>

#include "track/lock_region.h"

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

// In a handler.
void Finish(const Row& row, Slot* slot, greg_t* regs) {
  auto& mutex = reinterpret_cast<pthread_mutex_t*>(regs[REG_RDI])->__data;
  if ((row.what & CKPT_REGION_STAY) != 0) return;
  if ((row.what & CKPT_REGION_OWNER) != 0) {
    mutex.__owner = slot->tid.load(std::memory_order_relaxed);
  }
  if ((row.what & CKPT_REGION_USERS) != 0) ++mutex.__nusers;
  if ((row.what & CKPT_REGION_COUNT_ONE) != 0) mutex.__count = 1;
  if ((row.what & CKPT_REGION_COUNT_UP) != 0) ++mutex.__count;
  const auto depth = static_cast<uint32_t>(regs[REG_RCX]);
  if ((row.what & CKPT_REGION_PUSH) != 0) {
    slot->locks[depth - 1] = reinterpret_cast<pthread_mutex_t*>(regs[REG_RDI]);
  }
  if ((row.what & (CKPT_REGION_DEPTH | CKPT_REGION_PUSH)) != 0) {
    slot->lock_depth = depth;
  }
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
