// mutex_protocol.cpp - are the C library's mutex and read-write lock those that
// mutex_x86_64.S knows? Asked once at the start; until then, and if one is not,
// its doors ask the C library for everything.

#include "hooks/mutex_protocol.h"

#include "base/fault.h"
#include "hooks/libc.h"
#include "sys/process.h"
#include "track/lock_kinds.h"
#include "track/lock_region.h"

extern "C" {
// Or'ed to each mutex's kind by the doors: 0, or what no kind is.
constinit
    __attribute__((visibility("hidden"))) uint32_t __ckpt_foreign_mutexes = ~0u;
// 0, or the doors ask for every read-write lock.
constinit
    __attribute__((visibility("hidden"))) uint32_t __ckpt_foreign_rwlocks = ~0u;
}

namespace ckpt::hooks {
namespace {

struct State {
  int word, owner;
  unsigned users, count;
};

bool Is(const pthread_mutex_t& mutex, const State& state) {
  const auto& m = mutex.__data;
  return m.__lock == state.word && m.__owner == state.owner &&
         m.__nusers == state.users && m.__count == state.count;
}

// What the C library makes of a mutex of `kind`, and of what we make.
bool Agrees(pthread_mutex_t* mutex, uint32_t kind, bool recursive, int tid) {
  constexpr uint32_t kNoElision = 512;
  const Libc& real = Real();
  const State free{0, 0, 0, 0};
  const State held{1, tid, 1, recursive ? 1u : 0u};
  auto& m = mutex->__data;
  if ((static_cast<uint32_t>(m.__kind) & ~kNoElision) != kind) return false;
  if (!Is(*mutex, free) || real.pthread_mutex_lock(mutex) != 0 ||
      !Is(*mutex, held)) {
    return false;
  }
  if (recursive &&
      (real.pthread_mutex_lock(mutex) != 0 || !Is(*mutex, {1, tid, 1, 2}) ||
       real.pthread_mutex_unlock(mutex) != 0)) {
    return false;
  }
  if (real.pthread_mutex_unlock(mutex) != 0 || !Is(*mutex, free)) return false;
  // Locked by us, with somebody who waits or has waited.
  m.__lock = 2;
  m.__owner = tid;
  m.__nusers = 1;
  m.__count = held.count;
  return real.pthread_mutex_unlock(mutex) == 0 && Is(*mutex, free);
}

bool AgreesOnMutexes() {
  const int tid = sys::GetTid();
  pthread_mutex_t normal = PTHREAD_MUTEX_INITIALIZER;
  pthread_mutex_t recursive = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;
  pthread_mutex_t checking = PTHREAD_ERRORCHECK_MUTEX_INITIALIZER_NP;
  return Agrees(&normal, track::kNormal, false, tid) &&
         Agrees(&recursive, track::kRecursive, true, tid) &&
         Agrees(&checking, track::kErrorCheck, false, tid);
}

struct RwState {
  unsigned readers, phase_futex, writers_futex;
  int writer;
};

bool Is(const pthread_rwlock_t& lock, const RwState& state) {
  const auto& l = lock.__data;
  return l.__readers == state.readers && l.__writers == 0 &&
         l.__wrphase_futex == state.phase_futex &&
         l.__writers_futex == state.writers_futex &&
         l.__cur_writer == state.writer && l.__shared == 0 && l.__flags == 0;
}

void Make(pthread_rwlock_t* lock, const RwState& state) {
  auto& l = lock->__data;
  l.__readers = state.readers;
  l.__wrphase_futex = state.phase_futex;
  l.__writers_futex = state.writers_futex;
  l.__cur_writer = state.writer;
}

// As above: what the C library makes of a read-write lock, and of what we make.
bool AgreesOnRwlocks() {
  const Libc& real = Real();
  const int tid = sys::GetTid();
  constexpr RwState kFree{0, 0, 0, 0}, kRead{8, 0, 0, 0}, kRead2{16, 0, 0, 0};
  constexpr RwState kLeft{1, 1, 0, 0};  // by a writer
  const RwState written{3, 1, 1, tid};
  pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;
  const auto becomes = [&](int result, const RwState& state) {
    return result == 0 && Is(lock, state);
  };
  if (!Is(lock, kFree) ||
      !becomes(real.pthread_rwlock_rdlock(&lock), kRead) ||
      !becomes(real.pthread_rwlock_rdlock(&lock), kRead2) ||
      !becomes(real.pthread_rwlock_unlock(&lock), kRead) ||
      !becomes(real.pthread_rwlock_unlock(&lock), kFree) ||
      !becomes(real.pthread_rwlock_wrlock(&lock), written) ||
      !becomes(real.pthread_rwlock_unlock(&lock), kLeft) ||
      !becomes(real.pthread_rwlock_wrlock(&lock), written)) {
    return false;
  }
  Make(&lock, kRead);
  if (!becomes(real.pthread_rwlock_unlock(&lock), kFree)) return false;
  Make(&lock, written);
  return becomes(real.pthread_rwlock_unlock(&lock), kLeft);
}

}  // namespace

void CheckMutexProtocol() {
  if (fault::At(fault::Point::mutex_protocol) < 0) return;
  if (AgreesOnMutexes()) __ckpt_foreign_mutexes = 0;
  if (AgreesOnRwlocks()) __ckpt_foreign_rwlocks = 0;
}

}  // namespace ckpt::hooks
