// Intent: a timed condition wait ends at its deadline, not earlier and not
// anew after each restart, and holds its mutex then.
// RUN: %build_c
// RUN: %generations %t
// RUN: %generations --ids new %t
#include "behave.h"

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
static int waiting, done;

static double Now(clockid_t clock) {
  struct timespec t;
  clock_gettime(clock, &t);
  return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void* Short(void* unused) {
  (void)unused;
  struct timespec deadline;
  pthread_mutex_lock(&mutex);
  Count(&waiting);
  // Many deadlines come to pass, some of them while the program is dead.
  while (!Go()) {
    clock_gettime(CLOCK_REALTIME, &deadline);
    deadline.tv_nsec += 30000000;
    if (deadline.tv_nsec >= 1000000000) {
      deadline.tv_nsec -= 1000000000;
      ++deadline.tv_sec;
    }
    const double end =
        (double)deadline.tv_sec + (double)deadline.tv_nsec * 1e-9;
    CHECK(pthread_cond_timedwait(&condition, &mutex, &deadline) == ETIMEDOUT);
    CHECK(Now(CLOCK_REALTIME) >= end);
    CHECK(Now(CLOCK_REALTIME) < end + 30);
  }
  ++done;
  pthread_mutex_unlock(&mutex);
  return NULL;
}

static void* Long(void* unused) {
  (void)unused;
  struct timespec deadline;
  pthread_mutex_lock(&mutex);
  Count(&waiting);
  clock_gettime(CLOCK_MONOTONIC, &deadline);
  deadline.tv_sec += 3;
  const int r =
      pthread_cond_clockwait(&condition, &mutex, CLOCK_MONOTONIC, &deadline);
  CHECK(r == ETIMEDOUT);
  CHECK(Now(CLOCK_MONOTONIC) >= (double)deadline.tv_sec);
  CHECK(Now(CLOCK_MONOTONIC) < (double)deadline.tv_sec + 60);
  ++done;
  pthread_mutex_unlock(&mutex);
  return NULL;
}

int main(void) {
  const pthread_t a = Start(Short, NULL), b = Start(Long, NULL);
  Await(&waiting, 2);
  LiveThroughRestarts();
  Join(a);
  Join(b);
  CHECK(done == 2);
  return Done();
}
