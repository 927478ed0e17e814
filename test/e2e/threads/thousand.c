// Intent: a thousand threads, waiting in different ways and each with a value of
// its own in its frame, all come back.
// RUN: %build_c
// RUN: %generations --generations 2 --interval 0.1 %t
// RUN: %generations --generations 2 --interval 0.1 --ids ns %t
// RUN: %generations --generations 2 --interval 0.1 --ids new %t
#include <semaphore.h>

#include "behave.h"

enum { kThreads = 1000 };

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
static pthread_barrier_t barrier;
static sem_t semaphore;
static pthread_t threads[kThreads];
static int running, over;

static void* Body(void* argument) {
  const long i = (long)argument;
  volatile long mine = i * i;
  Count(&running);
  switch (i % 4) {
    case 0:
      CHECK(pthread_mutex_lock(&mutex) == 0);
      while (!over) CHECK(pthread_cond_wait(&condition, &mutex) == 0);
      CHECK(pthread_mutex_unlock(&mutex) == 0);
      break;
    case 1:
      CHECK(sem_wait(&semaphore) == 0);
      break;
    case 2:
      pthread_barrier_wait(&barrier);
      break;
    default:
      if (i > 3) CHECK(Join(threads[i - 4]) == (void*)((i - 4) * (i - 4)));
      if (i == 3) AwaitGo();
  }
  CHECK(mine == i * i);
  return (void*)mine;
}

int main(void) {
  pthread_attr_t a;
  CHECK(pthread_attr_init(&a) == 0);
  CHECK(pthread_attr_setstacksize(&a, 64 << 10) == 0);
  CHECK(sem_init(&semaphore, 0, 0) == 0);
  CHECK(pthread_barrier_init(&barrier, NULL, kThreads / 4 + 1) == 0);
  for (long i = 0; i < kThreads; ++i) {
    CHECK(pthread_create(&threads[i], &a, Body, (void*)i) == 0);
  }
  Await(&running, kThreads);
  LiveThroughRestarts();
  CHECK(pthread_mutex_lock(&mutex) == 0);
  over = 1;
  CHECK(pthread_cond_broadcast(&condition) == 0);
  CHECK(pthread_mutex_unlock(&mutex) == 0);
  for (int i = 0; i < kThreads / 4; ++i) CHECK(sem_post(&semaphore) == 0);
  pthread_barrier_wait(&barrier);
  for (long i = 0; i < kThreads; ++i) {
    if (i % 4 == 3 && i != kThreads - 1) continue;  // joined by the next one
    CHECK(Join(threads[i]) == (void*)(i * i));
  }
  return Done();
}
