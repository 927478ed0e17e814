// Intent: a thread that waits for a mutex of any kind at the checkpoint gets it
// after the restart, when the holder lets go, and not before; then it is the
// owner.
// RUN: %build_c
// RUN: %generations %t
// RUN: %generations --ids ns %t
// RUN: %generations --ids new %t
#include "mutex_kinds.h"

static pthread_mutex_t mutexes[kMutexKindCount];
static int tids[kMutexKindCount], got[kMutexKindCount], let_go, looked;

static void* Waiter(void* argument) {
  const long i = (long)argument;
  const struct MutexKind* kind = &kMutexKinds[i];
  Set(&tids[i], gettid());
  CHECK_KIND(kind, pthread_mutex_lock(&mutexes[i]) == 0);
  CHECK_KIND(kind, Get(&let_go) == 1);
  Set(&got[i], 1);
  Await(&looked, 1);
  if (kind->type == PTHREAD_MUTEX_ERRORCHECK) {
    CHECK_KIND(kind, pthread_mutex_lock(&mutexes[i]) == EDEADLK);
  }
  if (kind->type == PTHREAD_MUTEX_RECURSIVE) {
    CHECK_KIND(kind, pthread_mutex_lock(&mutexes[i]) == 0);
    CHECK_KIND(kind, pthread_mutex_unlock(&mutexes[i]) == 0);
  }
  CHECK_KIND(kind, pthread_mutex_unlock(&mutexes[i]) == 0);
  if (KnowsOwner(kind)) {
    CHECK_KIND(kind, pthread_mutex_unlock(&mutexes[i]) == EPERM);
  }
  return NULL;
}

int main(void) {
  pthread_t waiters[kMutexKindCount];
  for (long i = 0; i < kMutexKindCount; ++i) {
    InitMutex(&mutexes[i], &kMutexKinds[i]);
    CHECK(pthread_mutex_lock(&mutexes[i]) == 0);
    waiters[i] = Start(Waiter, (void*)i);
  }
  for (int i = 0; i < kMutexKindCount; ++i) AwaitFutex(&tids[i]);
  LiveThroughRestarts();
  Set(&let_go, 1);
  for (int i = 0; i < kMutexKindCount; ++i) {
    CHECK_KIND(&kMutexKinds[i], Get(&got[i]) == 0);
    CHECK_KIND(&kMutexKinds[i], pthread_mutex_unlock(&mutexes[i]) == 0);
  }
  for (int i = 0; i < kMutexKindCount; ++i) {
    const struct MutexKind* kind = &kMutexKinds[i];
    Await(&got[i], 1);
    CHECK_KIND(kind, pthread_mutex_trylock(&mutexes[i]) == EBUSY);
    if (KnowsOwner(kind)) {
      CHECK_KIND(kind, pthread_mutex_unlock(&mutexes[i]) == EPERM);
    }
  }
  Set(&looked, 1);
  for (int i = 0; i < kMutexKindCount; ++i) Join(waiters[i]);
  return Done();
}
