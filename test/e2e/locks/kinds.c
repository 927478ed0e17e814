// Intent: every kind of mutex that is held at the checkpoint is held by the
// same thread afterwards and behaves like its kind: recursion has its depth,
// error checking knows its owner, robust and priority-inheriting ones know who
// unlocks. Held ones of every kind can be given new thread ids, too.
// RUN: %build_c
// RUN: %generations %t
// RUN: %generations --ids ns %t
// RUN: %generations --ids new %t
#include "behave.h"

enum Kind {
  kNormal,
  kRecursive,
  kErrorcheck,
  kAdaptive,
  kRobust,
  kInherit,
  kRobustInherit,
  kRecursiveRobust,
  kKinds
};

static pthread_mutex_t mutexes[kKinds];
static int locked;

static void Init(int kind) {
  pthread_mutexattr_t a;
  pthread_mutexattr_init(&a);
  switch (kind) {
    case kRecursive:
    case kRecursiveRobust:
      pthread_mutexattr_settype(&a, PTHREAD_MUTEX_RECURSIVE);
      break;
    case kErrorcheck:
      pthread_mutexattr_settype(&a, PTHREAD_MUTEX_ERRORCHECK);
      break;
    case kAdaptive:
      pthread_mutexattr_settype(&a, PTHREAD_MUTEX_ADAPTIVE_NP);
      break;
    default:
      break;
  }
  if (kind == kRobust || kind == kRobustInherit || kind == kRecursiveRobust) {
    pthread_mutexattr_setrobust(&a, PTHREAD_MUTEX_ROBUST);
  }
  if (kind == kInherit || kind == kRobustInherit) {
    pthread_mutexattr_setprotocol(&a, PTHREAD_PRIO_INHERIT);
  }
  CHECK(pthread_mutex_init(&mutexes[kind], &a) == 0);
}

static void* Holder(void* unused) {
  (void)unused;
  for (int kind = 0; kind < kKinds; ++kind) {
    const int depth = kind == kRecursive || kind == kRecursiveRobust ? 3 : 1;
    for (int i = 0; i < depth; ++i) {
      CHECK(pthread_mutex_lock(&mutexes[kind]) == 0);
    }
  }
  Set(&locked, 1);
  AwaitGo();
  CHECK(pthread_mutex_lock(&mutexes[kErrorcheck]) == EDEADLK);
  CHECK(pthread_mutex_trylock(&mutexes[kNormal]) == EBUSY);
  Set(&locked, 2);
  Await(&locked, 3);
  for (int i = 0; i < 3; ++i) {
    CHECK(pthread_mutex_unlock(&mutexes[kRecursive]) == 0);
    CHECK(pthread_mutex_unlock(&mutexes[kRecursiveRobust]) == 0);
  }
  CHECK(pthread_mutex_unlock(&mutexes[kRecursive]) == EPERM);
  CHECK(pthread_mutex_unlock(&mutexes[kRecursiveRobust]) == EPERM);
  CHECK(pthread_mutex_unlock(&mutexes[kErrorcheck]) == 0);
  CHECK(pthread_mutex_unlock(&mutexes[kErrorcheck]) == EPERM);
  CHECK(pthread_mutex_unlock(&mutexes[kNormal]) == 0);
  CHECK(pthread_mutex_unlock(&mutexes[kAdaptive]) == 0);
  CHECK(pthread_mutex_unlock(&mutexes[kRobust]) == 0);
  CHECK(pthread_mutex_unlock(&mutexes[kRobust]) == EPERM);
  CHECK(pthread_mutex_unlock(&mutexes[kInherit]) == 0);
  CHECK(pthread_mutex_unlock(&mutexes[kRobustInherit]) == 0);
  CHECK(pthread_mutex_unlock(&mutexes[kRobustInherit]) == EPERM);
  return NULL;
}

int main(void) {
  for (int kind = 0; kind < kKinds; ++kind) Init(kind);
  const pthread_t holder = Start(Holder, NULL);
  Await(&locked, 1);
  LiveThroughRestarts();
  Await(&locked, 2);
  for (int kind = 0; kind < kKinds; ++kind) {
    CHECK(pthread_mutex_trylock(&mutexes[kind]) == EBUSY);
  }
  CHECK(pthread_mutex_unlock(&mutexes[kErrorcheck]) == EPERM);
  CHECK(pthread_mutex_unlock(&mutexes[kRecursive]) == EPERM);
  CHECK(pthread_mutex_unlock(&mutexes[kRobust]) == EPERM);
  Set(&locked, 3);
  Join(holder);
  for (int kind = 0; kind < kKinds; ++kind) {
    CHECK(pthread_mutex_lock(&mutexes[kind]) == 0);
    CHECK(pthread_mutex_unlock(&mutexes[kind]) == 0);
  }
  return Done();
}
