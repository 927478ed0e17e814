// Intent: a robust mutex that is held at the checkpoint and whose owner ends
// after the restart without unlocking it tells the next one so (EOWNERDEAD). Made
// consistent it is as good as new; given back without, nobody gets it again.
// RUN: %build_c
// RUN: %generations %t
// RUN: %generations --ids ns %t
// RUN: %generations --ids new %t
#include "mutex_kinds.h"

// Of each kind, one that is repaired and one that is not.
static pthread_mutex_t repaired[kMutexKindCount], lost[kMutexKindCount];
static int locked;

static void* Holder(void* unused) {
  for (int i = 0; i < kMutexKindCount; ++i) {
    if (!kMutexKinds[i].robust) continue;
    CHECK(pthread_mutex_lock(&repaired[i]) == 0);
    CHECK(pthread_mutex_lock(&lost[i]) == 0);
  }
  Set(&locked, 1);
  AwaitGo();
  return unused;
}

static void CheckKind(int i) {
  const struct MutexKind* kind = &kMutexKinds[i];
  CHECK_KIND(kind, pthread_mutex_trylock(&repaired[i]) == EOWNERDEAD);
  CHECK_KIND(kind, pthread_mutex_consistent(&repaired[i]) == 0);
  CHECK_KIND(kind, pthread_mutex_unlock(&repaired[i]) == 0);
  CHECK_KIND(kind, pthread_mutex_lock(&repaired[i]) == 0);
  CHECK_KIND(kind, pthread_mutex_consistent(&repaired[i]) == EINVAL);
  CHECK_KIND(kind, pthread_mutex_unlock(&repaired[i]) == 0);
  CHECK_KIND(kind, pthread_mutex_lock(&lost[i]) == EOWNERDEAD);
  CHECK_KIND(kind, pthread_mutex_unlock(&lost[i]) == 0);
  CHECK_KIND(kind, pthread_mutex_lock(&lost[i]) == ENOTRECOVERABLE);
  CHECK_KIND(kind, pthread_mutex_trylock(&lost[i]) == ENOTRECOVERABLE);
}

int main(void) {
  for (int i = 0; i < kMutexKindCount; ++i) {
    InitMutex(&repaired[i], &kMutexKinds[i]);
    InitMutex(&lost[i], &kMutexKinds[i]);
  }
  const pthread_t holder = Start(Holder, NULL);
  Await(&locked, 1);
  LiveThroughRestarts();
  Join(holder);
  for (int i = 0; i < kMutexKindCount; ++i) {
    if (kMutexKinds[i].robust) CheckKind(i);
  }
  return Done();
}
