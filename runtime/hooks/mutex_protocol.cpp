// mutex_protocol.cpp - is the C library's mutex the one that mutex_x86_64.S
// knows? Asked once at the start; until then, and if it is not, the doors ask
// the C library for everything.

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

bool AgreesOnAll() {
  if (fault::At(fault::Point::mutex_protocol) < 0) return false;
  const int tid = sys::GetTid();
  pthread_mutex_t normal = PTHREAD_MUTEX_INITIALIZER;
  pthread_mutex_t recursive = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;
  pthread_mutex_t checking = PTHREAD_ERRORCHECK_MUTEX_INITIALIZER_NP;
  return Agrees(&normal, track::kNormal, false, tid) &&
         Agrees(&recursive, track::kRecursive, true, tid) &&
         Agrees(&checking, track::kErrorCheck, false, tid);
}

}  // namespace

void CheckMutexProtocol() { __ckpt_foreign_mutexes = AgreesOnAll() ? 0 : ~0u; }

}  // namespace ckpt::hooks
