// Intent: a hundred threads, half of them computing, half asleep, all come back.
// RUN: %build_c
// RUN: %generations --interval 0.1 %t
// RUN: %generations --interval 0.1 --ids new %t
#include "behave.h"

enum { kThreads = 100 };

static int running, sleepers_may_go;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t condition = PTHREAD_COND_INITIALIZER;

static void* Compute(void* unused) {
  Count(&running);
  for (unsigned long n = 0; n % 4096 != 0 || !Go(); ++n) {
    if (n % 4096 == 0) Pause();
  }
  return unused;
}

static void* Sleep(void* unused) {
  pthread_mutex_lock(&mutex);
  Count(&running);
  while (!sleepers_may_go) pthread_cond_wait(&condition, &mutex);
  pthread_mutex_unlock(&mutex);
  return unused;
}

int main(void) {
  pthread_t threads[kThreads];
  for (int i = 0; i < kThreads; ++i) {
    threads[i] = Start(i % 2 != 0 ? Compute : Sleep, NULL);
  }
  Await(&running, kThreads);
  LiveThroughRestarts();
  pthread_mutex_lock(&mutex);
  sleepers_may_go = 1;
  pthread_cond_broadcast(&condition);
  pthread_mutex_unlock(&mutex);
  for (int i = 0; i < kThreads; ++i) Join(threads[i]);
  return Done();
}
