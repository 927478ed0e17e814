// Intent: a thread may hold more locks than its table has room for at first, and
// give them back in any order, across restarts.
// RUN: %build_c
// RUN: %generations %t
// RUN: %generations --ids new %t
#include "behave.h"

enum { kLocks = 700 };

static pthread_mutex_t mutexes[kLocks];
static int held;

// Odd ones first, then the rest from the oldest on: never the newest.
static void UnlockAll(void) {
  for (int i = 1; i < kLocks; i += 2) {
    CHECK(pthread_mutex_unlock(&mutexes[i]) == 0);
  }
  for (int i = 0; i < kLocks; i += 2) {
    CHECK(pthread_mutex_unlock(&mutexes[i]) == 0);
  }
}

static void LockAll(void) {
  for (int i = 0; i < kLocks; ++i) {
    CHECK(pthread_mutex_lock(&mutexes[i]) == 0);
  }
}

static void* Holder(void* unused) {
  (void)unused;
  LockAll();
  Set(&held, 1);
  AwaitGo();
  UnlockAll();
  LockAll();
  UnlockAll();
  return NULL;
}

int main(void) {
  pthread_mutexattr_t a;
  pthread_mutexattr_init(&a);
  pthread_mutexattr_settype(&a, PTHREAD_MUTEX_ERRORCHECK);
  for (int i = 0; i < kLocks; ++i) pthread_mutex_init(&mutexes[i], &a);
  const pthread_t holder = Start(Holder, NULL);
  Await(&held, 1);
  Ready();
  while (!Go()) {
    CHECK(pthread_mutex_unlock(&mutexes[kLocks / 2]) == EPERM);
    Pause();
  }
  Join(holder);
  for (int i = 0; i < kLocks; ++i) {
    CHECK(pthread_mutex_lock(&mutexes[i]) == 0);
    CHECK(pthread_mutex_unlock(&mutexes[i]) == 0);
  }
  return Done();
}
