// Intent: a thread that holds tens of thousands of locks at once still holds
// every one of them after restarts.
// RUN: %build_c
// RUN: %generations %t
// RUN: %generations --ids new %t
#include "behave.h"

enum { kLocks = 50000 };

static pthread_mutex_t mutexes[kLocks];
static int held, checked;

static void* Holder(void* unused) {
  (void)unused;
  for (int i = 0; i < kLocks; ++i) CHECK(pthread_mutex_lock(&mutexes[i]) == 0);
  Set(&held, 1);
  Await(&checked, 1);
  for (int i = kLocks; i-- > 0;) {
    CHECK(pthread_mutex_lock(&mutexes[i]) == EDEADLK);
    CHECK(pthread_mutex_unlock(&mutexes[i]) == 0);
  }
  return NULL;
}

int main(void) {
  pthread_mutexattr_t a;
  pthread_mutexattr_init(&a);
  pthread_mutexattr_settype(&a, PTHREAD_MUTEX_ERRORCHECK);
  for (int i = 0; i < kLocks; ++i) pthread_mutex_init(&mutexes[i], &a);
  const pthread_t holder = Start(Holder, NULL);
  Await(&held, 1);
  LiveThroughRestarts();
  for (int i = 0; i < kLocks; ++i) {
    CHECK(pthread_mutex_unlock(&mutexes[i]) == EPERM);
  }
  Set(&checked, 1);
  Join(holder);
  for (int i = 0; i < kLocks; ++i) {
    CHECK(pthread_mutex_trylock(&mutexes[i]) == 0);
  }
  return Done();
}
