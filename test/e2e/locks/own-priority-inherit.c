// Intent: a thread that locks a priority-inheriting mutex which it holds waits
// for its deadline, also under a new id.
// RUN: %build_c
// RUN: %generations %t
// RUN: %generations --ids new %t
#include "behave.h"

static pthread_mutex_t mutex;
static int tid, stop;

static void* Body(void* unused) {
  CHECK(pthread_mutex_lock(&mutex) == 0);
  Set(&tid, gettid());
  while (!Get(&stop)) {
    const struct timespec deadline = In(CLOCK_REALTIME, 300);
    CHECK(pthread_mutex_timedlock(&mutex, &deadline) == ETIMEDOUT);
  }
  CHECK(pthread_mutex_unlock(&mutex) == 0);
  return unused;
}

int main(void) {
  pthread_mutexattr_t a;
  pthread_mutexattr_init(&a);
  pthread_mutexattr_setprotocol(&a, PTHREAD_PRIO_INHERIT);
  CHECK(pthread_mutex_init(&mutex, &a) == 0);
  const pthread_t thread = Start(Body, NULL);
  AwaitSyscall(&tid, 202);  // futex
  LiveThroughRestarts();
  Set(&stop, 1);
  Join(thread);
  CHECK(pthread_mutex_trylock(&mutex) == 0);
  return Done();
}
