// Intent: a handler that locks and unlocks mutexes of its own, on top of code
// that locks and unlocks others, leaves every one of them as it is, and each is
// known to be held or not at every checkpoint.
// RUN: %build_c
// RUN: %generations --generations 4 %t
// RUN: %generations --generations 4 --ids new %t
#include <sys/time.h>

#include "behave.h"

enum { kThreads = 3, kMutexes = 4 };

static pthread_mutex_t mutexes[kMutexes], in_handler[kThreads];
static int go_on, ticks;
static long counters[kMutexes];
static __thread int self = -1;

// Each thread's handler has its own: it may come while the thread waits.
static void OnTick(int signal) {
  (void)signal;
  const int error = errno;
  if (self >= 0) {
    for (int i = 0; i < 3; ++i) {
      CHECK(pthread_mutex_lock(&in_handler[self]) == 0);
      CHECK(pthread_mutex_unlock(&in_handler[self]) == 0);
    }
    CHECK(pthread_mutex_trylock(&in_handler[self]) == 0);
    CHECK(pthread_mutex_unlock(&in_handler[self]) == 0);
    Count(&ticks);
  }
  errno = error;
}

static void* Work(void* number) {
  self = (int)(intptr_t)number;
  for (unsigned turn = 0; !Get(&go_on); ++turn) {
    pthread_mutex_t* outer = &mutexes[turn % (kMutexes - 1)];
    pthread_mutex_t* inner = &mutexes[kMutexes - 1];
    CHECK(pthread_mutex_lock(outer) == 0);
    ++counters[turn % (kMutexes - 1)];
    CHECK(pthread_mutex_lock(inner) == 0);
    ++counters[kMutexes - 1];
    CHECK(pthread_mutex_unlock(inner) == 0);
    CHECK(pthread_mutex_unlock(outer) == 0);
  }
  return NULL;
}

int main(void) {
  pthread_mutexattr_t attributes;
  pthread_mutexattr_init(&attributes);
  pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_RECURSIVE);
  for (int i = 0; i < kMutexes; ++i) pthread_mutex_init(&mutexes[i], NULL);
  for (int i = 0; i < kThreads; ++i) {
    pthread_mutex_init(&in_handler[i], i == 0 ? NULL : &attributes);
  }
  const struct sigaction action = {.sa_handler = OnTick,
                                   .sa_flags = SA_RESTART};
  CHECK(sigaction(SIGUSR2, &action, NULL) == 0);
  pthread_t threads[kThreads];
  for (intptr_t i = 0; i < kThreads; ++i) {
    threads[i] = Start(Work, (void*)i);
  }
  Ready();
  for (unsigned i = 0; !Go() || Get(&ticks) < 1000; ++i) {
    CHECK(pthread_kill(threads[i % kThreads], SIGUSR2) == 0);
    if (i % 64 == 0) Pause();
  }
  Set(&go_on, 1);
  for (int i = 0; i < kThreads; ++i) Join(threads[i]);
  long sum = 0;
  for (int i = 0; i < kMutexes - 1; ++i) sum += counters[i];
  CHECK(sum == counters[kMutexes - 1]);
  for (int i = 0; i < kMutexes; ++i) {
    CHECK(pthread_mutex_destroy(&mutexes[i]) == 0);
  }
  for (int i = 0; i < kThreads; ++i) {
    CHECK(pthread_mutex_destroy(&in_handler[i]) == 0);
  }
  return Done();
}
