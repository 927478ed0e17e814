// Intent: threads that wait for a mutex at the checkpoint get it exactly once
// each, one at a time, after the restart.
// RUN: %build_c
// RUN: %generations %t
// RUN: %generations --ids new %t
#include "behave.h"

enum { kWaiters = 6 };

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static int inside, entries, tids[kWaiters];

static void* Waiter(void* argument) {
  Set(argument, gettid());
  pthread_mutex_lock(&mutex);
  Count(&inside);
  for (int i = 0; i < 3; ++i) {
    CHECK(Get(&inside) == 1);
    Pause();
  }
  Set(&inside, 0);
  ++entries;
  pthread_mutex_unlock(&mutex);
  return NULL;
}

int main(void) {
  pthread_t waiters[kWaiters];
  pthread_mutex_lock(&mutex);
  for (int i = 0; i < kWaiters; ++i) waiters[i] = Start(Waiter, &tids[i]);
  for (int i = 0; i < kWaiters; ++i) AwaitSyscall(&tids[i], 202);  // futex
  Ready();
  while (!Go()) {
    CHECK(Get(&inside) == 0);
    Pause();
  }
  CHECK(entries == 0);
  pthread_mutex_unlock(&mutex);
  for (int i = 0; i < kWaiters; ++i) Join(waiters[i]);
  CHECK(entries == kWaiters);
  return Done();
}
