// Intent: threads that read and write under a read-write lock all the time,
// with and without deadlines, keep it exclusive through restarts.
// RUN: %build_c
// RUN: %generations --interval 0.01 --generations 5 %t
// RUN: %generations --interval 0.01 --generations 5 --ids ns %t
// RUN: %generations --interval 0.01 --generations 5 --ids new %t
#include "behave.h"

enum { kThreads = 4 };

static pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;
static long left, right;
static long written[kThreads];

static void LockForWriting(unsigned random) {
  const struct timespec deadline = In(CLOCK_REALTIME, 100000);
  switch (random % 3) {
    case 0:
      CHECK(pthread_rwlock_wrlock(&lock) == 0);
      break;
    case 1:
      CHECK(pthread_rwlock_timedwrlock(&lock, &deadline) == 0);
      break;
    default:
      while (pthread_rwlock_trywrlock(&lock) != 0) sched_yield();
  }
}

static void* Worker(void* argument) {
  long* mine = argument;
  unsigned random = (unsigned)(mine - written) + 1;
  for (int i = 0; (i & 127) != 0 || !Go(); ++i) {
    random = random * 1103515245 + 12345;
    if ((random >> 16) % 4 == 0) {
      LockForWriting(random >> 20);
      CHECK(left == right);
      ++left;
      ++*mine;
      ++right;
    } else {
      CHECK(pthread_rwlock_rdlock(&lock) == 0);
      CHECK(left == right);
    }
    CHECK(pthread_rwlock_unlock(&lock) == 0);
  }
  return NULL;
}

int main(void) {
  pthread_t threads[kThreads];
  long sum = 0;
  for (int i = 0; i < kThreads; ++i) threads[i] = Start(Worker, &written[i]);
  Ready();
  for (int i = 0; i < kThreads; ++i) Join(threads[i]);
  for (int i = 0; i < kThreads; ++i) sum += written[i];
  CHECK(sum == left && sum == right);
  return Done();
}
