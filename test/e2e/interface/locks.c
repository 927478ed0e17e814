// Intent: `ckpt info --locks` tells from an image who holds and who waits for
// every kind of lock, under the names of the program's variables, and names the
// threads of a deadlock.
// RUN: %build_c
// RUN: %generations --generations 1 --ids new %t
// RUN: %ckpt info --locks $(ls -t %t.run/images/*.chkpt.* | tail -n 1) > %t.info
// RUN: FileCheck %s --implicit-check-not=0x0 < %t.info
// RUN: %ckpt info --locks $(ls -t %t.run/images/*.chkpt.* | head -n 1) > %t.last
// RUN: FileCheck %s --implicit-check-not=0x0 < %t.last
//
// CHECK-DAG: first{{.*}} (recursive)
// CHECK-DAG: held by [[A:[0-9]+ one]]
// CHECK-DAG: table{{.*}} (read-write)
// CHECK-DAG: read by [[B:[0-9]+ two]]
// CHECK-DAG: read by [[C:[0-9]+ three]]
// CHECK-DAG: wanted by [[A]]
// CHECK-DAG: wanted by [[B]]
// CHECK-DAG: semaphore{{.*}} (futex
// CHECK-DAG: wanted by {{[0-9]+}} four
// CHECK-DAG: released by {{[0-9]+}} five, waiting for condition {{.*}} changed
// CHECK: deadlock: [[A]] wants {{[^,]*}} table, held by [[B]], which wants
// CHECK-SAME: first, held by [[A]]
#include <semaphore.h>

#include "behave.h"

enum { kThreads = 5 };

static pthread_mutex_t first = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;
static pthread_mutex_t guard = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static pthread_rwlock_t table = PTHREAD_RWLOCK_INITIALIZER;
static sem_t semaphore;
static int in_place, cross, tids[kThreads];

static void Name(int number, const char* name) {
  pthread_setname_np(pthread_self(), name);
  Set(&tids[number], gettid());
}

// One and two wait for each other; a deadline ends it when the test is over.
static struct timespec Deadline(void) {
  struct timespec t;
  clock_gettime(CLOCK_REALTIME, &t);
  t.tv_sec += 3600;
  return t;
}

static void* One(void* unused) {
  const struct timespec deadline = Deadline();
  CHECK(pthread_mutex_lock(&first) == 0);
  Count(&in_place);
  Await(&cross, 1);
  Name(0, "one");
  CHECK(pthread_rwlock_timedwrlock(&table, &deadline) == 0);
  return unused;
}

static void* Two(void* unused) {
  const struct timespec deadline = Deadline();
  CHECK(pthread_rwlock_rdlock(&table) == 0);
  Count(&in_place);
  Await(&cross, 1);
  Name(1, "two");
  CHECK(pthread_mutex_timedlock(&first, &deadline) == 0);
  return unused;
}

static void* Three(void* unused) {
  CHECK(pthread_rwlock_rdlock(&table) == 0);
  Count(&in_place);
  Name(2, "three");
  for (;;) Pause();
  return unused;
}

static void* Four(void* unused) {
  Name(3, "four");
  CHECK(sem_wait(&semaphore) == 0);
  return unused;
}

static void* Five(void* unused) {
  CHECK(pthread_mutex_lock(&guard) == 0);
  Name(4, "five");
  CHECK(pthread_cond_wait(&changed, &guard) == 0);
  return unused;
}

int main(void) {
  CHECK(sem_init(&semaphore, 0, 0) == 0);
  void* (*const bodies[kThreads])(void*) = {One, Two, Three, Four, Five};
  for (int i = 0; i < kThreads; ++i) Start(bodies[i], NULL);
  Await(&in_place, 3);
  Set(&cross, 1);
  for (int i = 0; i < kThreads; ++i) {
    if (i != 2) AwaitSyscall(&tids[i], 202);  // futex
  }
  LiveThroughRestarts();
  Done();
  _exit(0);
}
