// Intent: a wait for a read-write lock with a deadline that is under way at the
// checkpoint ends at its deadline, or with the lock when it is given back in
// time; the lock's count of readers and writers is right afterwards.
// RUN: %build_c
// RUN: %generations %t
// RUN: %generations --ids ns %t
// RUN: %generations --ids new %t
#include "behave.h"

// For writing, for reading; until a moment of the wall clock, of the other one.
enum { kWaits = 4 };

static pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;
static int late_tids[kWaits], in_time_tids[kWaits], let_go;

static int Wait(long i, const struct timespec* deadline) {
  switch (i) {
    case 0:
      return pthread_rwlock_timedwrlock(&lock, deadline);
    case 1:
      return pthread_rwlock_timedrdlock(&lock, deadline);
    case 2:
      return pthread_rwlock_clockwrlock(&lock, CLOCK_MONOTONIC, deadline);
    default:
      return pthread_rwlock_clockrdlock(&lock, CLOCK_MONOTONIC, deadline);
  }
}

static clockid_t Clock(long i) {
  return i < 2 ? CLOCK_REALTIME : CLOCK_MONOTONIC;
}

static void* Late(void* argument) {
  const long i = (long)argument;
  const struct timespec deadline = In(Clock(i), 2500);
  Set(&late_tids[i], gettid());
  CHECK(Wait(i, &deadline) == ETIMEDOUT);
  CheckEnded(Clock(i), &deadline);
  return NULL;
}

static void* InTime(void* argument) {
  const long i = (long)argument;
  const struct timespec deadline = In(Clock(i), 100000);
  Set(&in_time_tids[i], gettid());
  CHECK(Wait(i, &deadline) == 0);
  CHECK(Get(&let_go) == 1);
  CHECK(pthread_rwlock_unlock(&lock) == 0);
  return NULL;
}

int main(void) {
  pthread_t late[kWaits], in_time[kWaits];
  CHECK(pthread_rwlock_wrlock(&lock) == 0);
  for (long i = 0; i < kWaits; ++i) late[i] = Start(Late, (void*)i);
  for (long i = 0; i < kWaits; ++i) in_time[i] = Start(InTime, (void*)i);
  for (int i = 0; i < kWaits; ++i) AwaitFutex(&late_tids[i]);
  for (int i = 0; i < kWaits; ++i) AwaitFutex(&in_time_tids[i]);
  LiveThroughRestarts();
  for (int i = 0; i < kWaits; ++i) Join(late[i]);
  Set(&let_go, 1);
  CHECK(pthread_rwlock_unlock(&lock) == 0);
  for (int i = 0; i < kWaits; ++i) Join(in_time[i]);
  CHECK(pthread_rwlock_trywrlock(&lock) == 0);
  CHECK(pthread_rwlock_unlock(&lock) == 0);
  CHECK(pthread_rwlock_destroy(&lock) == 0);
  return Done();
}
