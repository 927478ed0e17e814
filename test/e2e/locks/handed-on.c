// Intent: mutexes and read-write locks that one thread locks and another one
// unlocks, by hundreds of thousands, cost a thread no memory: its table keeps no
// more than it holds, checkpoints stay as short as they are, and what is held
// beside them is still held after restarts.
// RUN: %build_c
// RUN: %generations %t
// RUN: %generations --ids new %t
// RUN: %generations --ids ns %t
#include <sched.h>

#include "behave.h"

enum { kPasses = 200000, kOwn = 40, kRing = 1000 };

static pthread_mutex_t own[kOwn];
static pthread_mutex_t ring[kRing];
static pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;
static int turn, ended, checked;

// In KiB, while no checkpoint needs any of it.
static long AddressSpace(void) {
  long pages = 0;
  checkpoint_disable();
  FILE* file = fopen("/proc/self/statm", "r");
  CHECK(file != NULL && fscanf(file, "%ld", &pages) == 1);
  fclose(file);
  checkpoint_enable();
  return pages * 4;
}

static void AwaitTurn(int n) {
  while (Get(&turn) != n) sched_yield();
}

// Takes what Giver gives back.
static void* Taker(void* unused) {
  (void)unused;
  for (int i = 0; i < kOwn; ++i) pthread_mutex_lock(&own[i]);
  for (int i = 0; i < kPasses; i += 100) {
    for (int k = i; k < i + 100; ++k) {
      CHECK(pthread_mutex_lock(&ring[k % kRing]) == 0);
      if (k % 4 == 0) CHECK(pthread_rwlock_rdlock(&lock) == 0);
    }
    Set(&turn, 1);
    AwaitTurn(0);
  }
  Set(&ended, 1);
  AwaitGo();
  Await(&checked, 1);
  for (int i = 0; i < kOwn; ++i) {
    CHECK(pthread_mutex_lock(&own[i]) == EDEADLK);
    CHECK(pthread_mutex_unlock(&own[i]) == 0);
  }
  return NULL;
}

int main(void) {
  pthread_mutexattr_t a;
  pthread_mutexattr_init(&a);
  pthread_mutexattr_settype(&a, PTHREAD_MUTEX_ERRORCHECK);
  for (int i = 0; i < kOwn; ++i) pthread_mutex_init(&own[i], &a);
  for (int i = 0; i < kRing; ++i) pthread_mutex_init(&ring[i], NULL);
  const pthread_t taker = Start(Taker, NULL);
  long before = 0;
  for (int i = 0; i < kPasses; i += 100) {
    AwaitTurn(1);
    if (i == 10000) before = AddressSpace();
    for (int k = i; k < i + 100; ++k) {
      CHECK(pthread_mutex_unlock(&ring[k % kRing]) == 0);
      if (k % 4 == 0) CHECK(pthread_rwlock_unlock(&lock) == 0);
    }
    Set(&turn, 0);
  }
  Await(&ended, 1);
  // 8 bytes for each would be 1.9 MiB, in mappings of 2 and 4.
  const long grown = AddressSpace() - before;
  if (grown >= 1000) dprintf(2, "grown by %ld KiB\n", grown);
  CHECK(grown < 1000);
  LiveThroughRestarts();
  for (int i = 0; i < kOwn; ++i) {
    CHECK(pthread_mutex_unlock(&own[i]) == EPERM);
    CHECK(pthread_mutex_trylock(&own[i]) == EBUSY);
  }
  for (int i = 0; i < kRing; ++i) {
    CHECK(pthread_mutex_trylock(&ring[i]) == 0);
    CHECK(pthread_mutex_unlock(&ring[i]) == 0);
  }
  CHECK(pthread_rwlock_trywrlock(&lock) == 0);
  Set(&checked, 1);
  Join(taker);
  return Done();
}
