// Intent: waits with a deadline for mutexes of every kind, under way at the
// checkpoint: those whose deadline comes end then and have nothing, those whose
// holder lets go in time have the mutex.
// RUN: %build_c
// RUN: %generations --generations 2 %t
// RUN: %generations --generations 2 --ids ns %t
// RUN: %generations --generations 2 --ids new %t
#include "mutex_kinds.h"

static pthread_mutex_t mutexes[kMutexKindCount];
static int tids[2 * kMutexKindCount], let_go;

static void* Late(void* argument) {
  const long i = (long)argument;
  const struct timespec deadline = In(CLOCK_REALTIME, 2000);
  Set(&tids[i], gettid());
  CHECK_KIND(&kMutexKinds[i],
             pthread_mutex_timedlock(&mutexes[i], &deadline) == ETIMEDOUT);
  CheckEnded(CLOCK_REALTIME, &deadline);
  return NULL;
}

static void* InTime(void* argument) {
  const long i = (long)argument;
  const struct timespec deadline = In(CLOCK_MONOTONIC, 100000);
  Set(&tids[i + kMutexKindCount], gettid());
  CHECK_KIND(&kMutexKinds[i],
             pthread_mutex_clocklock(&mutexes[i], CLOCK_MONOTONIC,
                                     &deadline) == 0);
  CHECK_KIND(&kMutexKinds[i], Get(&let_go) == 1);
  CHECK_KIND(&kMutexKinds[i], pthread_mutex_unlock(&mutexes[i]) == 0);
  return NULL;
}

int main(void) {
  pthread_t late[kMutexKindCount], in_time[kMutexKindCount];
  for (long i = 0; i < kMutexKindCount; ++i) {
    InitMutex(&mutexes[i], &kMutexKinds[i]);
    CHECK(pthread_mutex_lock(&mutexes[i]) == 0);
    late[i] = Start(Late, (void*)i);
    in_time[i] = Start(InTime, (void*)i);
  }
  for (int i = 0; i < 2 * kMutexKindCount; ++i) AwaitFutex(&tids[i]);
  LiveThroughRestarts();
  for (int i = 0; i < kMutexKindCount; ++i) Join(late[i]);
  Set(&let_go, 1);
  for (int i = 0; i < kMutexKindCount; ++i) {
    CHECK(pthread_mutex_unlock(&mutexes[i]) == 0);
    Join(in_time[i]);
  }
  return Done();
}
