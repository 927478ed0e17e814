// Intent: a barrier at which some have arrived at the checkpoint lets all go when
// the last one comes after the restart, one of them as the serial thread, and
// works for further rounds. So does one made to be shared.
// RUN: %build_c
// RUN: %generations %t
// RUN: %generations --ids ns %t
// RUN: %generations --ids new %t
#include "behave.h"

enum { kThreads = 4, kRounds = 3 };

static pthread_barrier_t barriers[2];
static int tids[2][kThreads], passed[2][kRounds], serial[2][kRounds];

static void Pass(int i, int round) {
  const int r = pthread_barrier_wait(&barriers[i]);
  CHECK(r == 0 || r == PTHREAD_BARRIER_SERIAL_THREAD);
  if (r != 0) Count(&serial[i][round]);
  Count(&passed[i][round]);
}

static void* Body(void* argument) {
  int* tid = argument;
  const int i = (int)(tid - tids[0]) / kThreads;
  Set(tid, gettid());
  for (int round = 0; round < kRounds; ++round) Pass(i, round);
  return NULL;
}

int main(void) {
  pthread_t threads[2][kThreads];
  for (int i = 0; i < 2; ++i) {
    pthread_barrierattr_t a;
    CHECK(pthread_barrierattr_init(&a) == 0);
    CHECK(pthread_barrierattr_setpshared(&a, i) == 0);
    CHECK(pthread_barrier_init(&barriers[i], &a, kThreads + 1) == 0);
    for (int n = 0; n < kThreads; ++n) {
      threads[i][n] = Start(Body, &tids[i][n]);
    }
    for (int n = 0; n < kThreads; ++n) AwaitFutex(&tids[i][n]);
  }
  LiveThroughRestarts();
  for (int i = 0; i < 2; ++i) {
    for (int round = 0; round < kRounds; ++round) {
      CHECK(Get(&passed[i][round]) == 0);
      Pass(i, round);
      Await(&passed[i][round], kThreads + 1);
      CHECK(serial[i][round] == 1);
    }
    for (int n = 0; n < kThreads; ++n) Join(threads[i][n]);
    CHECK(pthread_barrier_destroy(&barriers[i]) == 0);
  }
  return Done();
}
