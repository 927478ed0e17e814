// Intent: joins with a deadline on either clock, under way at the checkpoint:
// those that are too early end at their deadline and can be repeated, those that
// are in time have the result. An attempt without waiting says which it is.
// RUN: %build_c
// RUN: %generations %t
// RUN: %generations --ids ns %t
// RUN: %generations --ids new %t
#include "behave.h"

enum { kJoiners = 4 };

static int tids[kJoiners], let_go, timed_out;

static void* Target(void* argument) {
  Await(&let_go, 1);
  return argument;
}

static void* Joiner(void* argument) {
  int* tid = argument;
  const int i = (int)(tid - tids);
  const clockid_t clock = i % 2 == 0 ? CLOCK_REALTIME : CLOCK_MONOTONIC;
  const int late = i >= 2;
  const pthread_t target = Start(Target, tid);
  const struct timespec deadline = In(clock, late ? 1500 : 100000);
  void* result = NULL;
  Set(tid, gettid());
  const int r = clock == CLOCK_REALTIME
                    ? pthread_timedjoin_np(target, &result, &deadline)
                    : pthread_clockjoin_np(target, &result, clock, &deadline);
  if (late) {
    CHECK(r == ETIMEDOUT && result == NULL);
    CheckEnded(clock, &deadline);
    CHECK(pthread_tryjoin_np(target, &result) == EBUSY);
    Count(&timed_out);
    result = Join(target);
  } else {
    CHECK(r == 0 && Get(&let_go) == 1);
  }
  CHECK(result == tid);
  return NULL;
}

int main(void) {
  pthread_t joiners[kJoiners];
  void* result;
  for (int i = 0; i < kJoiners; ++i) joiners[i] = Start(Joiner, &tids[i]);
  for (int i = 0; i < kJoiners; ++i) AwaitFutex(&tids[i]);
  LiveThroughRestarts();
  Await(&timed_out, 2);
  for (int i = 0; i < kJoiners; ++i) {
    CHECK(pthread_tryjoin_np(joiners[i], &result) == EBUSY);
  }
  Set(&let_go, 1);
  for (int i = 0; i < kJoiners; ++i) Join(joiners[i]);
  return Done();
}
