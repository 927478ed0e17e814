// Intent: a mutex held across checkpoint and restart is still held, by its
// owner: nobody else gets in, and the owner can unlock it.
// RUN: %build_c
// RUN: %generations %t
// RUN: %generations --ids new %t
#include "behave.h"

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static int held;

static void* Holder(void* unused) {
  (void)unused;
  pthread_mutex_lock(&mutex);
  Set(&held, 1);
  AwaitGo();
  Set(&held, 2);
  pthread_mutex_unlock(&mutex);
  return NULL;
}

int main(void) {
  const pthread_t holder = Start(Holder, NULL);
  Await(&held, 1);
  Ready();
  while (!Go()) {
    const int r = pthread_mutex_trylock(&mutex);
    CHECK(r == EBUSY || Get(&held) == 2);
    if (r == 0) pthread_mutex_unlock(&mutex);
    Pause();
  }
  CHECK(pthread_mutex_lock(&mutex) == 0);
  CHECK(Get(&held) == 2);
  pthread_mutex_unlock(&mutex);
  Join(holder);
  return Done();
}
