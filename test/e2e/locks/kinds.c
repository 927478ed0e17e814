// Intent: every kind of mutex that is held at the checkpoint is held by the
// same thread afterwards and behaves like its kind: recursion has its depth,
// error checking knows its owner, robust and priority-inheriting ones know who
// unlocks. Held ones of every kind can be given new thread ids, too.
// RUN: %build_c
// RUN: %generations %t
// RUN: %generations --ids ns %t
// RUN: %generations --ids new %t
#include "mutex_kinds.h"

enum { kDepth = 3 };

static pthread_mutex_t mutexes[kMutexKindCount];
static int locked;

static int DepthOf(const struct MutexKind* kind) {
  return kind->type == PTHREAD_MUTEX_RECURSIVE ? kDepth : 1;
}

static void* Holder(void* unused) {
  for (int i = 0; i < kMutexKindCount; ++i) {
    for (int n = DepthOf(&kMutexKinds[i]); n > 0; --n) {
      CHECK(pthread_mutex_lock(&mutexes[i]) == 0);
    }
  }
  Set(&locked, 1);
  AwaitGo();
  for (int i = 0; i < kMutexKindCount; ++i) {
    const struct MutexKind* kind = &kMutexKinds[i];
    if (kind->type == PTHREAD_MUTEX_ERRORCHECK) {
      CHECK_KIND(kind, pthread_mutex_lock(&mutexes[i]) == EDEADLK);
    }
    if (kind->type == PTHREAD_MUTEX_RECURSIVE) {
      CHECK_KIND(kind, pthread_mutex_trylock(&mutexes[i]) == 0);
      CHECK_KIND(kind, pthread_mutex_unlock(&mutexes[i]) == 0);
    } else {
      const int r = pthread_mutex_trylock(&mutexes[i]);
      CHECK_KIND(kind, r == EBUSY || r == EDEADLK);
    }
  }
  Set(&locked, 2);
  Await(&locked, 3);
  for (int i = 0; i < kMutexKindCount; ++i) {
    const struct MutexKind* kind = &kMutexKinds[i];
    for (int n = DepthOf(kind); n > 0; --n) {
      CHECK_KIND(kind, pthread_mutex_unlock(&mutexes[i]) == 0);
    }
    if (KnowsOwner(kind)) {
      CHECK_KIND(kind, pthread_mutex_unlock(&mutexes[i]) == EPERM);
    }
  }
  return unused;
}

int main(void) {
  for (int i = 0; i < kMutexKindCount; ++i) {
    InitMutex(&mutexes[i], &kMutexKinds[i]);
  }
  const pthread_t holder = Start(Holder, NULL);
  Await(&locked, 1);
  LiveThroughRestarts();
  Await(&locked, 2);
  for (int i = 0; i < kMutexKindCount; ++i) {
    const struct MutexKind* kind = &kMutexKinds[i];
    CHECK_KIND(kind, pthread_mutex_trylock(&mutexes[i]) == EBUSY);
    if (KnowsOwner(kind)) {
      CHECK_KIND(kind, pthread_mutex_unlock(&mutexes[i]) == EPERM);
    }
  }
  Set(&locked, 3);
  Join(holder);
  for (int i = 0; i < kMutexKindCount; ++i) {
    CHECK(pthread_mutex_lock(&mutexes[i]) == 0);
    CHECK(pthread_mutex_unlock(&mutexes[i]) == 0);
    CHECK(pthread_mutex_destroy(&mutexes[i]) == 0);
  }
  return Done();
}
