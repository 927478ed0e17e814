// Intent: a thread in any kind of condition wait, with no loop round it, that
// nobody has signalled is still waiting after checkpoints and restarts; each
// signal then wakes exactly one.
// RUN: %build_c
// RUN: %generations %t
// RUN: %generations --ids ns %t
// RUN: %generations --ids new %t
#include <threads.h>

#include "behave.h"

enum { kWaits = 5, kWaiters = 2 };

static pthread_mutex_t mutexes[kWaits];
static pthread_cond_t conditions[kWaits];
static mtx_t c11_mutexes[kWaits];
static cnd_t c11_conditions[kWaits];
static int tids[kWaits][kWaiters], woken[kWaits];

static int IsC11(int i) { return i >= 3; }

static void Lock(int i) {
  if (IsC11(i)) {
    CHECK(mtx_lock(&c11_mutexes[i]) == thrd_success);
  } else {
    CHECK(pthread_mutex_lock(&mutexes[i]) == 0);
  }
}

static void Unlock(int i) {
  if (IsC11(i)) {
    CHECK(mtx_unlock(&c11_mutexes[i]) == thrd_success);
  } else {
    CHECK(pthread_mutex_unlock(&mutexes[i]) == 0);
  }
}

static int Wait(int i) {
  const struct timespec wall = In(CLOCK_REALTIME, 100000);
  const struct timespec steady = In(CLOCK_MONOTONIC, 100000);
  switch (i) {
    case 0:
      return pthread_cond_wait(&conditions[i], &mutexes[i]);
    case 1:
      return pthread_cond_timedwait(&conditions[i], &mutexes[i], &wall);
    case 2:
      return pthread_cond_clockwait(&conditions[i], &mutexes[i],
                                    CLOCK_MONOTONIC, &steady);
    case 3:
      return cnd_wait(&c11_conditions[i], &c11_mutexes[i]);
    default:
      return cnd_timedwait(&c11_conditions[i], &c11_mutexes[i], &wall);
  }
}

static void* Waiter(void* argument) {
  int* tid = argument;
  const int i = (int)(tid - tids[0]) / kWaiters;
  Lock(i);
  Set(tid, gettid());
  CHECK(Wait(i) == 0);
  ++woken[i];
  Unlock(i);
  return NULL;
}

static void Signal(int i) {
  Lock(i);
  if (IsC11(i)) {
    CHECK(cnd_signal(&c11_conditions[i]) == thrd_success);
  } else {
    CHECK(pthread_cond_signal(&conditions[i]) == 0);
  }
  Unlock(i);
}

int main(void) {
  pthread_t waiters[kWaits][kWaiters];
  for (int i = 0; i < kWaits; ++i) {
    CHECK(pthread_mutex_init(&mutexes[i], NULL) == 0);
    CHECK(pthread_cond_init(&conditions[i], NULL) == 0);
    CHECK(mtx_init(&c11_mutexes[i], mtx_plain) == thrd_success);
    CHECK(cnd_init(&c11_conditions[i]) == thrd_success);
    for (int n = 0; n < kWaiters; ++n) {
      waiters[i][n] = Start(Waiter, &tids[i][n]);
      AwaitFutex(&tids[i][n]);
    }
  }
  Ready();
  while (!Go()) {
    for (int i = 0; i < kWaits; ++i) CHECK(Get(&woken[i]) == 0);
    Pause();
  }
  for (int n = 1; n <= kWaiters; ++n) {
    for (int i = 0; i < kWaits; ++i) Signal(i);
    for (int i = 0; i < kWaits; ++i) Await(&woken[i], n);
    for (int pauses = 0; pauses < 10; ++pauses) {
      for (int i = 0; i < kWaits; ++i) CHECK(Get(&woken[i]) == n);
      Pause();
    }
  }
  for (int i = 0; i < kWaits; ++i) {
    for (int n = 0; n < kWaiters; ++n) Join(waiters[i][n]);
  }
  return Done();
}
