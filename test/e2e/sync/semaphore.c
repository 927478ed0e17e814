// Intent: an unnamed semaphore keeps its value, and those that wait for it, with
// or without a deadline on either clock, get through one per post after the
// restart and not before; deadlines end a wait on time.
// RUN: %build_c
// RUN: %generations %t
// RUN: %generations --ids ns %t
// RUN: %generations --ids new %t
#include <semaphore.h>

#include "behave.h"

enum { kWaiters = 6 };

static sem_t full, empty[2], never;
static int tids[kWaiters], through[2], late;

static void* Waiter(void* argument) {
  int* tid = argument;
  const int i = (int)(tid - tids);
  const struct timespec wall = In(CLOCK_REALTIME, 100000);
  const struct timespec steady = In(CLOCK_MONOTONIC, 100000);
  sem_t* semaphore = &empty[i % 2];
  Set(tid, gettid());
  if (i < 2) {
    CHECK(sem_wait(semaphore) == 0);
  } else if (i < 4) {
    CHECK(sem_timedwait(semaphore, &wall) == 0);
  } else {
    CHECK(sem_clockwait(semaphore, CLOCK_MONOTONIC, &steady) == 0);
  }
  Count(&through[i % 2]);
  return NULL;
}

static void* Late(void* unused) {
  while (!Go()) {
    const struct timespec wall = In(CLOCK_REALTIME, 20);
    CHECK(sem_timedwait(&never, &wall) == -1 && errno == ETIMEDOUT);
    CheckEnded(CLOCK_REALTIME, &wall);
    const struct timespec steady = In(CLOCK_MONOTONIC, 20);
    CHECK(sem_clockwait(&never, CLOCK_MONOTONIC, &steady) == -1 &&
          errno == ETIMEDOUT);
    CheckEnded(CLOCK_MONOTONIC, &steady);
    Set(&late, 1);
  }
  return unused;
}

int main(void) {
  pthread_t waiters[kWaiters];
  int value;
  CHECK(sem_init(&full, 0, 7) == 0);
  CHECK(sem_init(&never, 0, 0) == 0);
  CHECK(sem_init(&empty[0], 0, 0) == 0);
  CHECK(sem_init(&empty[1], 1, 0) == 0);  // to be shared between processes
  for (int i = 0; i < kWaiters; ++i) waiters[i] = Start(Waiter, &tids[i]);
  for (int i = 0; i < kWaiters; ++i) AwaitFutex(&tids[i]);
  const pthread_t late_thread = Start(Late, NULL);
  Await(&late, 1);
  LiveThroughRestarts();
  CHECK(sem_getvalue(&full, &value) == 0 && value == 7);
  CHECK(sem_getvalue(&empty[0], &value) == 0 && value == 0);
  CHECK(sem_trywait(&empty[1]) == -1 && errno == EAGAIN);
  for (int posts = 1; posts <= kWaiters / 2; ++posts) {
    for (int i = 0; i < 2; ++i) {
      CHECK(Get(&through[i]) == posts - 1);
      CHECK(sem_post(&empty[i]) == 0);
      Await(&through[i], posts);
    }
  }
  for (int i = 0; i < kWaiters; ++i) Join(waiters[i]);
  Join(late_thread);
  for (int i = 7; i > 0; --i) CHECK(sem_trywait(&full) == 0);
  CHECK(sem_trywait(&full) == -1 && errno == EAGAIN);
  return Done();
}
