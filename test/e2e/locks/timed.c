// Intent: a wait for a mutex with a deadline, on either clock, that is under way
// at the checkpoint ends at its deadline: not sooner, not anew after a restart,
// and at once if the deadline passed while the program was dead. The mutex is
// not had then.
// RUN: %build_c
// RUN: %generations %t
// RUN: %generations --ids ns %t
// RUN: %generations --ids new %t
#include "behave.h"

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static int waiting;

static int Wait(clockid_t clock, const struct timespec* deadline) {
  return clock == CLOCK_REALTIME
             ? pthread_mutex_timedlock(&mutex, deadline)
             : pthread_mutex_clocklock(&mutex, clock, deadline);
}

// Many deadlines come to pass, some of them while the program is dead.
static void* Short(void* argument) {
  const clockid_t clock = *(clockid_t*)argument;
  Count(&waiting);
  while (!Go()) {
    const struct timespec deadline = In(clock, 30);
    CHECK(Wait(clock, &deadline) == ETIMEDOUT);
    CheckEnded(clock, &deadline);
  }
  return NULL;
}

// One that outlives all restarts.
static void* Long(void* argument) {
  const clockid_t clock = *(clockid_t*)argument;
  const struct timespec deadline = In(clock, 3000);
  Count(&waiting);
  CHECK(Wait(clock, &deadline) == ETIMEDOUT);
  CheckEnded(clock, &deadline);
  return NULL;
}

int main(void) {
  static const clockid_t clocks[] = {CLOCK_REALTIME, CLOCK_MONOTONIC};
  pthread_t threads[4];
  CHECK(pthread_mutex_lock(&mutex) == 0);
  for (int i = 0; i < 2; ++i) {
    threads[2 * i] = Start(Short, (void*)&clocks[i]);
    threads[2 * i + 1] = Start(Long, (void*)&clocks[i]);
  }
  Await(&waiting, 4);
  LiveThroughRestarts();
  for (int i = 0; i < 4; ++i) Join(threads[i]);
  CHECK(pthread_mutex_unlock(&mutex) == 0);
  CHECK(pthread_mutex_trylock(&mutex) == 0);
  return Done();
}
