/* mutex_kinds.h - every kind of mutex that has a way of its own through the C
 * library, for tests that do the same with all of them. */
#ifndef MUTEX_KINDS_H
#define MUTEX_KINDS_H

#include "behave.h"

static const struct MutexKind {
  const char* name;
  int type, robust, protocol, shared;
} kMutexKinds[] = {
    {"normal", PTHREAD_MUTEX_NORMAL, 0, 0, 0},
    {"recursive", PTHREAD_MUTEX_RECURSIVE, 0, 0, 0},
    {"errorcheck", PTHREAD_MUTEX_ERRORCHECK, 0, 0, 0},
    {"adaptive", PTHREAD_MUTEX_ADAPTIVE_NP, 0, 0, 0},
    {"normal shared", PTHREAD_MUTEX_NORMAL, 0, 0, 1},
    {"recursive shared", PTHREAD_MUTEX_RECURSIVE, 0, 0, 1},
    {"errorcheck shared", PTHREAD_MUTEX_ERRORCHECK, 0, 0, 1},
    {"robust", PTHREAD_MUTEX_NORMAL, 1, 0, 0},
    {"robust recursive", PTHREAD_MUTEX_RECURSIVE, 1, 0, 0},
    {"robust errorcheck", PTHREAD_MUTEX_ERRORCHECK, 1, 0, 0},
    {"robust shared", PTHREAD_MUTEX_NORMAL, 1, 0, 1},
    {"inherit", PTHREAD_MUTEX_NORMAL, 0, PTHREAD_PRIO_INHERIT, 0},
    {"inherit recursive", PTHREAD_MUTEX_RECURSIVE, 0, PTHREAD_PRIO_INHERIT, 0},
    {"inherit errorcheck", PTHREAD_MUTEX_ERRORCHECK, 0, PTHREAD_PRIO_INHERIT,
     0},
    {"inherit shared", PTHREAD_MUTEX_NORMAL, 0, PTHREAD_PRIO_INHERIT, 1},
    {"robust inherit", PTHREAD_MUTEX_NORMAL, 1, PTHREAD_PRIO_INHERIT, 0},
    {"robust inherit recursive", PTHREAD_MUTEX_RECURSIVE, 1,
     PTHREAD_PRIO_INHERIT, 0},
    {"robust inherit errorcheck", PTHREAD_MUTEX_ERRORCHECK, 1,
     PTHREAD_PRIO_INHERIT, 0},
    {"robust inherit shared", PTHREAD_MUTEX_NORMAL, 1, PTHREAD_PRIO_INHERIT,
     1},
};

enum { kMutexKindCount = sizeof(kMutexKinds) / sizeof(kMutexKinds[0]) };

static inline void InitMutex(pthread_mutex_t* mutex,
                             const struct MutexKind* kind) {
  pthread_mutexattr_t a;
  CHECK(pthread_mutexattr_init(&a) == 0);
  CHECK(pthread_mutexattr_settype(&a, kind->type) == 0);
  if (kind->robust) {
    CHECK(pthread_mutexattr_setrobust(&a, PTHREAD_MUTEX_ROBUST) == 0);
  }
  if (kind->protocol != 0) {
    CHECK(pthread_mutexattr_setprotocol(&a, kind->protocol) == 0);
  }
  if (kind->shared) {
    CHECK(pthread_mutexattr_setpshared(&a, PTHREAD_PROCESS_SHARED) == 0);
  }
  CHECK(pthread_mutex_init(mutex, &a) == 0);
  CHECK(pthread_mutexattr_destroy(&a) == 0);
}

/* A kind whose unlock knows that another thread is the owner. */
static inline int KnowsOwner(const struct MutexKind* kind) {
  return kind->type == PTHREAD_MUTEX_RECURSIVE ||
         kind->type == PTHREAD_MUTEX_ERRORCHECK || kind->robust;
}

/* CHECK that says of which kind. */
#define CHECK_KIND(kind, condition)                           \
  do {                                                        \
    if (!(condition)) {                                       \
      dprintf(2, "of the kind \"%s\":\n", (kind)->name);       \
      CHECK(!#condition);                                     \
    }                                                         \
  } while (0)

#endif
