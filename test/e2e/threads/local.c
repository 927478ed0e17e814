// Intent: thread-local variables and thread-specific data keep each thread's
// value and address, and destructors run when a restored thread ends.
// RUN: %build_c
// RUN: %generations %t
// RUN: %generations --ids new %t
#include "behave.h"

enum { kThreads = 5 };

static __thread long initialised = 41;
static __thread long zero[300];
static pthread_key_t key;
static int in_place, destroyed;

static void Destroy(void* value) {
  CHECK(*(long*)value >= 0);
  free(value);
  Count(&destroyed);
}

static void* Body(void* argument) {
  const long number = (long)argument;
  long* const address = &initialised;
  long* specific = malloc(sizeof(long));
  *specific = number;
  CHECK(initialised == 41);
  initialised = number;
  zero[299] = ~number;
  CHECK(pthread_setspecific(key, specific) == 0);
  Count(&in_place);
  while (!Go()) {
    CHECK(initialised == number && zero[299] == ~number && zero[0] == 0);
    CHECK(pthread_getspecific(key) == specific && *specific == number);
    CHECK(address == &initialised);
    errno = (int)number + 1000;  // thread-local, too
    for (int i = 0; i < 1000; ++i) CHECK(errno == (int)number + 1000);
    Pause();
  }
  return NULL;
}

int main(void) {
  pthread_t threads[kThreads];
  CHECK(pthread_key_create(&key, Destroy) == 0);
  for (long i = 0; i < kThreads; ++i) threads[i] = Start(Body, (void*)i);
  Await(&in_place, kThreads);
  LiveThroughRestarts();
  for (int i = 0; i < kThreads; ++i) Join(threads[i]);
  CHECK(destroyed == kThreads && initialised == 41);
  return Done();
}
