// Intent: threads that meet at a barrier all the time, one that is made of a
// mutex and a condition without a loop (the macros of SPLASH-2) and the C
// library's, stay in step through a storm of checkpoints and restarts.
// RUN: %build_c
// RUN: %generations --interval 0.005 --generations 5 %t
// RUN: %generations --interval 0.005 --generations 5 --ids ns %t
// RUN: %generations --interval 0.005 --generations 5 --ids new %t
#include "behave.h"

enum { kThreads = 4 };

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
static int arrived;
static pthread_barrier_t barrier;
static long steps[kThreads];
static int over;

static void Splash(void) {
  CHECK(pthread_mutex_lock(&mutex) == 0);
  if (++arrived == kThreads) {
    arrived = 0;
    CHECK(pthread_cond_broadcast(&condition) == 0);
  } else {
    CHECK(pthread_cond_wait(&condition, &mutex) == 0);
  }
  CHECK(pthread_mutex_unlock(&mutex) == 0);
}

static void* Worker(void* argument) {
  long* mine = argument;
  for (long step = 1; !over; ++step) {
    *mine = step;
    Splash();
    for (int i = 0; i < kThreads; ++i) CHECK(steps[i] == step);
    const int r = pthread_barrier_wait(&barrier);
    // Nobody looks at it before the next barrier.
    if (r == PTHREAD_BARRIER_SERIAL_THREAD) over = step % 16 == 0 && Go();
    Splash();
  }
  return NULL;
}

int main(void) {
  pthread_t threads[kThreads];
  CHECK(pthread_barrier_init(&barrier, NULL, kThreads) == 0);
  for (int i = 0; i < kThreads; ++i) threads[i] = Start(Worker, &steps[i]);
  Ready();
  for (int i = 0; i < kThreads; ++i) Join(threads[i]);
  for (int i = 0; i < kThreads; ++i) CHECK(steps[i] == steps[0]);
  return Done();
}
