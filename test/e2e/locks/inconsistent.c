// Intent: a robust mutex whose owner has died before the checkpoint is still to
// be made consistent after the restart, by the thread that was told; one that
// is unlocked without it cannot be recovered; an owner that dies after the
// restart is noticed.
// RUN: %build_c
// RUN: %generations %t
// RUN: %generations --ids ns %t
// RUN: %generations --ids new %t
#include "behave.h"

enum { kConsistent, kLost, kLater, kMutexes };

static pthread_mutex_t mutexes[kMutexes];
static int in_place, die;

static void* Dies(void* unused) {
  CHECK(pthread_mutex_lock(&mutexes[kConsistent]) == 0);
  CHECK(pthread_mutex_lock(&mutexes[kLost]) == 0);
  return unused;
}

static void* DiesLater(void* unused) {
  CHECK(pthread_mutex_lock(&mutexes[kLater]) == 0);
  Set(&in_place, 1);
  Await(&die, 1);
  return unused;
}

int main(void) {
  pthread_mutexattr_t a;
  pthread_mutexattr_init(&a);
  pthread_mutexattr_setrobust(&a, PTHREAD_MUTEX_ROBUST);
  for (int i = 0; i < kMutexes; ++i) {
    // The second one also inherits priority.
    if (i == kLost) {
      pthread_mutexattr_setprotocol(&a, PTHREAD_PRIO_INHERIT);
    }
    CHECK(pthread_mutex_init(&mutexes[i], &a) == 0);
  }
  Join(Start(Dies, NULL));
  CHECK(pthread_mutex_lock(&mutexes[kConsistent]) == EOWNERDEAD);
  CHECK(pthread_mutex_lock(&mutexes[kLost]) == EOWNERDEAD);
  const pthread_t later = Start(DiesLater, NULL);
  Await(&in_place, 1);
  LiveThroughRestarts();
  CHECK(pthread_mutex_consistent(&mutexes[kConsistent]) == 0);
  CHECK(pthread_mutex_unlock(&mutexes[kConsistent]) == 0);
  CHECK(pthread_mutex_lock(&mutexes[kConsistent]) == 0);
  CHECK(pthread_mutex_unlock(&mutexes[kConsistent]) == 0);
  CHECK(pthread_mutex_unlock(&mutexes[kLost]) == 0);
  CHECK(pthread_mutex_lock(&mutexes[kLost]) == ENOTRECOVERABLE);
  CHECK(pthread_mutex_trylock(&mutexes[kLater]) == EBUSY);
  Set(&die, 1);
  CHECK(pthread_mutex_lock(&mutexes[kLater]) == EOWNERDEAD);
  CHECK(pthread_mutex_consistent(&mutexes[kLater]) == 0);
  CHECK(pthread_mutex_unlock(&mutexes[kLater]) == 0);
  Join(later);
  return Done();
}
