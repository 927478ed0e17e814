// Intent: threads that lock, try, wait for and unlock mutexes and read-write
// locks that compare thread ids, without a pause, get every answer right
// whatever instruction a checkpoint falls on.
// RUN: %build_c
// RUN: %generations --generations 6 %t
// RUN: %generations --generations 6 --ids ns %t
// RUN: %generations --generations 12 --ids new %t
//
// The same where the C library's mutexes are not known and it does everything:
// RUN: %generations --fault mutex_protocol=1 --generations 4 %t
// RUN: %generations --fault mutex_protocol=1 --generations 8 --ids new %t
#include "behave.h"

enum { kKinds = 7, kThreads = 4 };

static pthread_mutex_t mutexes[kKinds];
static pthread_rwlock_t rwlock = PTHREAD_RWLOCK_INITIALIZER;
static pthread_cond_t conds[kKinds];
static long guarded[kKinds], written[2];
static int types[kKinds] = {
    PTHREAD_MUTEX_RECURSIVE,  PTHREAD_MUTEX_ERRORCHECK, PTHREAD_MUTEX_RECURSIVE,
    PTHREAD_MUTEX_ERRORCHECK, PTHREAD_MUTEX_NORMAL,     PTHREAD_MUTEX_ERRORCHECK,
    PTHREAD_MUTEX_RECURSIVE};

static void Init(int kind) {
  pthread_mutexattr_t a;
  pthread_mutexattr_init(&a);
  pthread_mutexattr_settype(&a, types[kind]);
  // Two plain, one robust, two that inherit priority, two that do both.
  if (kind == 2 || kind >= 5) {
    pthread_mutexattr_setrobust(&a, PTHREAD_MUTEX_ROBUST);
  }
  if (kind >= 3) pthread_mutexattr_setprotocol(&a, PTHREAD_PRIO_INHERIT);
  CHECK(pthread_mutex_init(&mutexes[kind], &a) == 0);
  CHECK(pthread_cond_init(&conds[kind], NULL) == 0);
}

static void Mutexes(int kind) {
  pthread_mutex_t* mutex = &mutexes[kind];
  CHECK(pthread_mutex_lock(mutex) == 0);
  const long before = ++guarded[kind];
  if (types[kind] == PTHREAD_MUTEX_ERRORCHECK) {
    CHECK(pthread_mutex_lock(mutex) == EDEADLK);
    // EDEADLK where the lock word holds the id.
    CHECK(pthread_mutex_trylock(mutex) == (kind == 1 ? EBUSY : EDEADLK));
  } else if (types[kind] == PTHREAD_MUTEX_RECURSIVE) {
    CHECK(pthread_mutex_lock(mutex) == 0);
    CHECK(pthread_mutex_trylock(mutex) == 0);
    CHECK(pthread_mutex_unlock(mutex) == 0);
    CHECK(pthread_mutex_unlock(mutex) == 0);
  }
  CHECK(guarded[kind] == before);
  // Somebody passes the mutex on in a wait.
  const struct timespec past = {1, 0};
  CHECK(pthread_cond_timedwait(&conds[kind], mutex, &past) == ETIMEDOUT);
  CHECK(pthread_mutex_unlock(mutex) == 0);
  if (types[kind] != PTHREAD_MUTEX_NORMAL) {
    CHECK(pthread_mutex_unlock(mutex) == EPERM);
  }
}

static void Rwlocks(int number) {
  if (number % 2 == 0) {
    CHECK(pthread_rwlock_wrlock(&rwlock) == 0);
    ++written[0];
    CHECK(pthread_rwlock_wrlock(&rwlock) == EDEADLK);
    CHECK(pthread_rwlock_rdlock(&rwlock) == EDEADLK);
    ++written[1];
  } else {
    CHECK(pthread_rwlock_rdlock(&rwlock) == 0);
    CHECK(written[0] == written[1]);
  }
  CHECK(pthread_rwlock_unlock(&rwlock) == 0);
}

static void* Body(void* argument) {
  for (long i = (long)argument; !Go(); ++i) {
    for (int kind = 0; kind < kKinds; ++kind) Mutexes(kind);
    for (int n = 0; n < 8; ++n) Rwlocks((int)i + n);
  }
  return NULL;
}

int main(void) {
  pthread_t threads[kThreads];
  for (int kind = 0; kind < kKinds; ++kind) Init(kind);
  for (long i = 0; i < kThreads; ++i) threads[i] = Start(Body, (void*)i);
  LiveThroughRestarts();
  for (int i = 0; i < kThreads; ++i) Join(threads[i]);
  CHECK(written[0] == written[1]);
  return Done();
}
