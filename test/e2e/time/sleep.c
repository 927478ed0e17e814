// Intent: a sleep lasts as long as asked for, whatever checkpoints and restarts
// fall into it: it is neither cut short nor begun anew.
// RUN: %build_c
// RUN: %generations %t
// RUN: %generations --ids new %t
#include <threads.h>

#include "behave.h"

static int sleeping;

static double Now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

// `seconds` and not much more; how much more, a busy machine decides.
static void Check(double start, double seconds) {
  CHECK(Now() - start >= seconds);
  CHECK(Now() - start < seconds + 60);
}

static void* Nanosleep(void* unused) {
  const struct timespec span = {2, 500000000};
  struct timespec left = {77, 77};
  Count(&sleeping);
  const double start = Now();
  CHECK(nanosleep(&span, &left) == 0);
  Check(start, 2.5);
  return unused;
}

static void* Sleep(void* unused) {
  Count(&sleeping);
  const double start = Now();
  CHECK(sleep(2) == 0);
  Check(start, 2);
  return unused;
}

static void* Short(void* unused) {
  Count(&sleeping);
  while (!Go()) {
    const double start = Now();
    CHECK(usleep(20000) == 0);
    Check(start, 0.02);
  }
  return unused;
}

static void* C11(void* unused) {
  const struct timespec span = {2, 250000000};
  Count(&sleeping);
  const double start = Now();
  CHECK(thrd_sleep(&span, NULL) == 0);
  Check(start, 2.25);
  return unused;
}

static void* Absolute(void* unused) {
  struct timespec deadline;
  Count(&sleeping);
  clock_gettime(CLOCK_MONOTONIC, &deadline);
  deadline.tv_sec += 2;
  CHECK(clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &deadline, NULL) == 0);
  CHECK(Now() >= (double)deadline.tv_sec);
  return unused;
}

int main(void) {
  pthread_t threads[] = {Start(Nanosleep, NULL), Start(Sleep, NULL),
                         Start(Short, NULL), Start(Absolute, NULL),
                         Start(C11, NULL)};
  Await(&sleeping, 5);
  LiveThroughRestarts();
  for (int i = 0; i < 5; ++i) Join(threads[i]);
  return Done();
}
