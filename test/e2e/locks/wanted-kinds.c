// Intent: a thread that waits for a mutex of any kind at the checkpoint gets it
// after the restart, when the holder lets go, and not before.
// RUN: %build_c
// RUN: %generations %t
// RUN: %generations --ids ns %t
// RUN: %generations --ids new %t
#include "behave.h"

enum { kKinds = 7 };

static pthread_mutex_t mutexes[kKinds];
static int tids[kKinds], got[kKinds], released;

static void Init(int kind) {
  static const int types[kKinds] = {
      PTHREAD_MUTEX_NORMAL,     PTHREAD_MUTEX_RECURSIVE,
      PTHREAD_MUTEX_ERRORCHECK, PTHREAD_MUTEX_ADAPTIVE_NP,
      PTHREAD_MUTEX_NORMAL,     PTHREAD_MUTEX_NORMAL,
      PTHREAD_MUTEX_NORMAL};
  pthread_mutexattr_t a;
  pthread_mutexattr_init(&a);
  pthread_mutexattr_settype(&a, types[kind]);
  if (kind == 4 || kind == 6) {
    pthread_mutexattr_setrobust(&a, PTHREAD_MUTEX_ROBUST);
  }
  if (kind == 5 || kind == 6) {
    pthread_mutexattr_setprotocol(&a, PTHREAD_PRIO_INHERIT);
  }
  CHECK(pthread_mutex_init(&mutexes[kind], &a) == 0);
}

static void* Waiter(void* argument) {
  const long kind = (long)argument;
  Set(&tids[kind], gettid());
  CHECK(pthread_mutex_lock(&mutexes[kind]) == 0);
  CHECK(Get(&released) == 1);
  Set(&got[kind], 1);
  CHECK(pthread_mutex_unlock(&mutexes[kind]) == 0);
  return NULL;
}

int main(void) {
  pthread_t waiters[kKinds];
  for (long kind = 0; kind < kKinds; ++kind) {
    Init((int)kind);
    CHECK(pthread_mutex_lock(&mutexes[kind]) == 0);
    waiters[kind] = Start(Waiter, (void*)kind);
  }
  for (int kind = 0; kind < kKinds; ++kind) AwaitSyscall(&tids[kind], 202);
  LiveThroughRestarts();
  Set(&released, 1);
  for (int kind = 0; kind < kKinds; ++kind) {
    CHECK(Get(&got[kind]) == 0);
    CHECK(pthread_mutex_unlock(&mutexes[kind]) == 0);
  }
  for (int kind = 0; kind < kKinds; ++kind) Join(waiters[kind]);
  return Done();
}
