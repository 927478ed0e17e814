// Intent: a broadcast after the restart wakes every thread that was waiting at
// the checkpoint, each exactly once.
// RUN: %build_c
// RUN: %generations %t
// RUN: %generations --ids new %t
#include "behave.h"

enum { kWaiters = 8 };

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
static int woken, tids[kWaiters];

static void* Waiter(void* argument) {
  pthread_mutex_lock(&mutex);
  Set(argument, gettid());
  pthread_cond_wait(&condition, &mutex);
  ++woken;
  pthread_mutex_unlock(&mutex);
  return NULL;
}

int main(void) {
  pthread_t waiters[kWaiters];
  for (int i = 0; i < kWaiters; ++i) waiters[i] = Start(Waiter, &tids[i]);
  for (int i = 0; i < kWaiters; ++i) AwaitSyscall(&tids[i], 202);  // futex
  LiveThroughRestarts();
  pthread_mutex_lock(&mutex);
  CHECK(woken == 0);
  pthread_cond_broadcast(&condition);
  pthread_mutex_unlock(&mutex);
  for (int i = 0; i < kWaiters; ++i) Join(waiters[i]);
  CHECK(woken == kWaiters);
  return Done();
}
