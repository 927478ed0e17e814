// Intent: a condition wait without a loop is not woken by checkpoint or
// restart: who was not signalled is still waiting.
// RUN: %build_c
// RUN: %generations %t
// RUN: %generations --ids new %t
#include "behave.h"

enum { kWaiters = 4 };

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
  Ready();
  while (!Go()) {
    CHECK(Get(&woken) == 0);
    Pause();
  }
  for (int signals = 1; signals <= kWaiters; ++signals) {
    pthread_mutex_lock(&mutex);
    pthread_cond_signal(&condition);
    pthread_mutex_unlock(&mutex);
    Await(&woken, signals);
    for (int i = 0; i < 5; ++i) Pause();
    CHECK(Get(&woken) == signals);
  }
  for (int i = 0; i < kWaiters; ++i) Join(waiters[i]);
  return Done();
}
