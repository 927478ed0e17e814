// Intent: a cancellation that was asked for before the checkpoint, of a thread
// that does not let it happen, is delivered after the restart when it does: the
// cleanups run, the last one first, then the destructors, and the end is known as
// a cancellation.
// RUN: %build_c
// RUN: %generations %t
// RUN: %generations --ids ns %t
// RUN: %generations --ids new %t
#include "behave.h"

// Not enabled; enabled, but at no cancellation point; asynchronous but not
// enabled; not a point until it is made asynchronous.
enum { kThreads = 4, kCleanups = 3 };

static pthread_key_t key;
static int running, requested, order[kThreads], destroyed;

static void Cleanup(void* argument) {
  const long number = (long)argument;
  // 3, 2, 1
  CHECK(order[number / 10] == kCleanups - number % 10);
  ++order[number / 10];
}

static void Destroy(void* argument) {
  CHECK(order[(long)argument - 1] == kCleanups);
  Count(&destroyed);
}

// Waits without a cancellation point.
static void Spin(void) {
  while (access(getenv("BEHAVE_GO"), F_OK) != 0) sched_yield();
}

static void* Body(void* argument) {
  const long i = (long)argument;
  int old;
  CHECK(pthread_setspecific(key, (void*)(i + 1)) == 0);
  if (i == 0 || i == 2) {
    CHECK(pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &old) == 0);
  }
  if (i == 2) {
    CHECK(pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, &old) == 0);
  }
  pthread_cleanup_push(Cleanup, (void*)(i * 10 + 1));
  pthread_cleanup_push(Cleanup, (void*)(i * 10 + 2));
  pthread_cleanup_push(Cleanup, (void*)(i * 10 + 3));
  Count(&running);
  Spin();
  CHECK(Get(&requested) == 1);
  if (i == 0 || i == 2) {
    CHECK(pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, &old) == 0);
  }
  if (i == 3) {
    CHECK(pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, &old) == 0);
  }
  pthread_testcancel();
  CHECK(0);
  pthread_cleanup_pop(0);
  pthread_cleanup_pop(0);
  pthread_cleanup_pop(0);
  return NULL;
}

int main(void) {
  pthread_t threads[kThreads];
  CHECK(pthread_key_create(&key, Destroy) == 0);
  for (long i = 0; i < kThreads; ++i) threads[i] = Start(Body, (void*)i);
  Await(&running, kThreads);
  for (int i = 0; i < kThreads; ++i) CHECK(pthread_cancel(threads[i]) == 0);
  Set(&requested, 1);
  LiveThroughRestarts();
  for (int i = 0; i < kThreads; ++i) {
    void* const result = Join(threads[i]);
    // glibc 2.36 does not say so of a thread that is cancelled as it enables it.
    CHECK(result == PTHREAD_CANCELED || (i == 2 && result == NULL));
    CHECK(order[i] == kCleanups);
  }
  CHECK(destroyed == kThreads);
  return Done();
}
