// lock_view.cpp - see lock_view.h.

#include "track/lock_view.h"

#include "track/lock_kinds.h"
#include "track/locks.h"

namespace ckpt::track {
namespace {

// nptl's: the bits of a read-write lock's word, and what is beside the state
// of a mutex in its lock word.
constexpr uint32_t kWriteLocked = 2, kReaderShift = 3;
constexpr uint32_t kCeilingMask = 0xfff80000;
constexpr uint32_t kEveryKindBit = 0x3f3, kElision = 256;
constexpr uint32_t kContended = 2;

bool IsPlausible(const pthread_mutex_t& mutex) {
  const auto& data = mutex.__data;
  const uint32_t kind = static_cast<uint32_t>(data.__kind);
  if ((kind & ~kEveryKindBit) != 0) return false;
  // What only one kind uses is 0 in the others (a count at most 1): no pattern
  // that repeats itself, as an array of ids, looks like a mutex.
  if (data.__count > 1 && (kind & kTypeMask) != kRecursive) return false;
  if (data.__spins != 0 && (kind & kTypeMask) != kAdaptive) return false;
  if (data.__elision != 0 && (kind & kElision) == 0) return false;
  if ((kind & kRobust) == 0 &&
      (data.__list.__next != nullptr || data.__list.__prev != nullptr)) {
    return false;
  }
  if (WordHoldsOwner(kind)) return true;
  uint32_t word = static_cast<uint32_t>(data.__lock);
  if ((kind & kPrioProtect) != 0) word &= ~kCeilingMask;
  return word <= kContended;
}

bool IsPlausible(const pthread_rwlock_t& lock) {
  return lock.__data.__pad3 == 0 && lock.__data.__pad4 == 0 &&
         lock.__data.__pad2 == 0 &&
         lock.__data.__flags <= PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP;
}

}  // namespace

bool View(const pthread_mutex_t* entry, LockView* view) {
  if (const pthread_rwlock_t* lock = AsRwlock(entry)) {
    pthread_rwlock_t copy;
    if (!ReadRwlock(lock, &copy)) return false;
    *view = {reinterpret_cast<uint64_t>(lock),
             sizeof(copy),
             IsReader(entry) ? image::kRwlockReaderKind : image::kRwlockKind,
             copy.__data.__readers,
             0,
             copy.__data.__cur_writer,
             IsPlausible(copy)};
    return true;
  }
  pthread_mutex_t copy;
  if (!ReadMutex(entry, &copy)) return false;
  *view = {reinterpret_cast<uint64_t>(entry),
           sizeof(copy),
           static_cast<uint32_t>(copy.__data.__kind),
           static_cast<uint32_t>(copy.__data.__lock),
           static_cast<uint32_t>(copy.__data.__count),
           copy.__data.__owner,
           IsPlausible(copy)};
  return true;
}

bool IsOwnedBy(const LockView& view, int tid) {
  if (view.word == 0 || !view.plausible) return false;
  // Readers are counted, not named: their own table is believed.
  if (view.kind == image::kRwlockReaderKind) {
    return view.word >> kReaderShift != 0;
  }
  if (view.kind == image::kRwlockKind && (view.word & kWriteLocked) == 0) {
    return false;
  }
  if (WordHoldsOwner(view.kind)) {
    return (view.word & FUTEX_TID_MASK) == static_cast<uint32_t>(tid);
  }
  return view.owner == tid;
}

uint32_t EntriesOf(const LockView& view) {
  if (view.kind == image::kRwlockReaderKind) return view.word >> kReaderShift;
  const bool recursive = !image::IsRwlock(view.kind) &&
                         (view.kind & kTypeMask) == kRecursive;
  return recursive ? view.count : 1;
}

}  // namespace ckpt::track
