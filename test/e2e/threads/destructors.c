// Intent: a thread that is on its way out is one until its last destructor has
// run: stopped in one it goes on there, under the id that it has always seen, as
// the owner of the locks that it has. So is one that comes there after the restart.
// RUN: %build_c
// RUN: %generations %t
// RUN: %generations --ids ns %t
// RUN: %generations --ids new %t
#include <limits.h>

#include "behave.h"

enum { kWhen = 2 };  // waits in the destructor, waits before it

static pthread_key_t key;
static pthread_mutex_t mutexes[kWhen];
static int tids[kWhen], waiting, rounds[kWhen];

// The C library calls it again as long as there is a value, four times at most.
static void Destroy(void* value) {
  int* tid = value;
  const int when = (int)(tid - tids);
  CHECK(gettid() == *tid);
  if (rounds[when] == 0) {
    Count(&waiting);
    AwaitGo();
    CHECK(gettid() == *tid);
    CHECK(pthread_mutex_lock(&mutexes[when]) == EDEADLK);
    CHECK(pthread_mutex_unlock(&mutexes[when]) == 0);
    CHECK(pthread_mutex_unlock(&mutexes[when]) == EPERM);
  }
  if (++rounds[when] < PTHREAD_DESTRUCTOR_ITERATIONS) {
    CHECK(pthread_setspecific(key, value) == 0);
  }
}

static void* Body(void* argument) {
  int* tid = argument;
  const int when = (int)(tid - tids);
  Set(tid, gettid());
  CHECK(pthread_setspecific(key, tid) == 0);
  CHECK(pthread_mutex_lock(&mutexes[when]) == 0);
  if (when == 1) {
    Count(&waiting);
    AwaitGo();
  }
  return tid;
}

int main(void) {
  pthread_t threads[kWhen];
  pthread_mutexattr_t a;
  CHECK(pthread_mutexattr_init(&a) == 0);
  CHECK(pthread_mutexattr_settype(&a, PTHREAD_MUTEX_ERRORCHECK) == 0);
  CHECK(pthread_key_create(&key, Destroy) == 0);
  for (int i = 0; i < kWhen; ++i) {
    CHECK(pthread_mutex_init(&mutexes[i], &a) == 0);
    threads[i] = Start(Body, &tids[i]);
  }
  Await(&waiting, kWhen);
  LiveThroughRestarts();
  for (int i = 0; i < kWhen; ++i) {
    CHECK(Join(threads[i]) == &tids[i]);
    CHECK(rounds[i] == PTHREAD_DESTRUCTOR_ITERATIONS);
  }
  return Done();
}
