// Intent: a computing thread that may be cancelled at any moment is cancelled
// after a restart by the one that knows it; and threads that are cancelled so all
// the time, round checkpoints and restarts, all end, cleaned up.
// RUN: %build_c
// RUN: %generations --interval 0.01 --generations 4 %t
// RUN: %generations --interval 0.01 --generations 4 --ids ns %t
// RUN: %generations --interval 0.01 --generations 4 --ids new %t
#include "behave.h"

static int running;

static void Clean(void* argument) { Count(argument); }

static void* Compute(void* argument) {
  int old;
  pthread_cleanup_push(Clean, argument);
  CHECK(pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, &old) == 0);
  Count(&running);
  for (volatile unsigned long n = 0;; ++n) {
  }
  pthread_cleanup_pop(0);
  return NULL;
}

int main(void) {
  int cleaned = 0, long_cleaned = 0, rounds = 0;
  const pthread_t first = Start(Compute, &long_cleaned);
  Await(&running, 1);
  Ready();
  do {
    const pthread_t thread = Start(Compute, &cleaned);
    Await(&running, ++rounds + 1);
    CHECK(pthread_cancel(thread) == 0);
    CHECK(Join(thread) == PTHREAD_CANCELED);
    CHECK(cleaned == rounds);
  } while (!Go());
  CHECK(long_cleaned == 0);
  CHECK(pthread_cancel(first) == 0);
  CHECK(Join(first) == PTHREAD_CANCELED);
  CHECK(long_cleaned == 1);
  return Done();
}
