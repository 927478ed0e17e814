// Intent: a thread that waits for a robust mutex at the checkpoint is woken with
// EOWNERDEAD when the owner ends after the restart, is the owner then, and a
// second waiter gets the mutex from it in good order.
// RUN: %build_c
// RUN: %generations %t
// RUN: %generations --ids ns %t
// RUN: %generations --ids new %t
#include "mutex_kinds.h"

enum { kWaiters = 2 };

static pthread_mutex_t mutexes[kMutexKindCount];
static int tids[kMutexKindCount][kWaiters], dead[kMutexKindCount],
    good[kMutexKindCount], locked;

static void* Holder(void* unused) {
  for (int i = 0; i < kMutexKindCount; ++i) {
    if (kMutexKinds[i].robust) CHECK(pthread_mutex_lock(&mutexes[i]) == 0);
  }
  Set(&locked, 1);
  AwaitGo();
  return unused;
}

static void* Waiter(void* argument) {
  int* tid = argument;
  const long i = (tid - tids[0]) / kWaiters;
  const struct MutexKind* kind = &kMutexKinds[i];
  Set(tid, gettid());
  const int r = pthread_mutex_lock(&mutexes[i]);
  CHECK_KIND(kind, Go());
  if (r == EOWNERDEAD) {
    Count(&dead[i]);
    CHECK_KIND(kind, pthread_mutex_consistent(&mutexes[i]) == 0);
  } else {
    CHECK_KIND(kind, r == 0 && Get(&dead[i]) == 1);
    Count(&good[i]);
  }
  CHECK_KIND(kind, pthread_mutex_unlock(&mutexes[i]) == 0);
  CHECK_KIND(kind, pthread_mutex_unlock(&mutexes[i]) == EPERM);
  return NULL;
}

int main(void) {
  pthread_t waiters[kMutexKindCount][kWaiters];
  for (int i = 0; i < kMutexKindCount; ++i) {
    InitMutex(&mutexes[i], &kMutexKinds[i]);
  }
  const pthread_t holder = Start(Holder, NULL);
  Await(&locked, 1);
  for (int i = 0; i < kMutexKindCount; ++i) {
    if (!kMutexKinds[i].robust) continue;
    for (int n = 0; n < kWaiters; ++n) {
      waiters[i][n] = Start(Waiter, &tids[i][n]);
      AwaitFutex(&tids[i][n]);
    }
  }
  LiveThroughRestarts();
  Join(holder);
  for (int i = 0; i < kMutexKindCount; ++i) {
    if (!kMutexKinds[i].robust) continue;
    for (int n = 0; n < kWaiters; ++n) Join(waiters[i][n]);
    CHECK_KIND(&kMutexKinds[i], dead[i] == 1 && good[i] == 1);
  }
  return Done();
}
