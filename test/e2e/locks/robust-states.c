// Intent: what has become of a robust mutex before the checkpoint is so after
// the restart: its owner has died and nobody has noticed; somebody has, and holds
// it unrepaired; it has been repaired; it has been given up.
// RUN: %build_c
// RUN: %generations %t
// RUN: %generations --ids ns %t
// RUN: %generations --ids new %t
#include "mutex_kinds.h"

enum State { kUnnoticed, kUnrepaired, kRepaired, kGivenUp, kStates };

static pthread_mutex_t mutexes[kMutexKindCount][kStates];

static void* Holder(void* unused) {
  for (int i = 0; i < kMutexKindCount; ++i) {
    if (!kMutexKinds[i].robust) continue;
    for (int state = 0; state < kStates; ++state) {
      CHECK(pthread_mutex_lock(&mutexes[i][state]) == 0);
    }
  }
  return unused;
}

static void Before(const struct MutexKind* kind, pthread_mutex_t* mutex) {
  for (int state = kUnrepaired; state < kStates; ++state) {
    CHECK_KIND(kind, pthread_mutex_lock(&mutex[state]) == EOWNERDEAD);
  }
  CHECK_KIND(kind, pthread_mutex_consistent(&mutex[kRepaired]) == 0);
  CHECK_KIND(kind, pthread_mutex_unlock(&mutex[kGivenUp]) == 0);
}

static void After(const struct MutexKind* kind, pthread_mutex_t* mutex) {
  CHECK_KIND(kind, pthread_mutex_lock(&mutex[kUnnoticed]) == EOWNERDEAD);
  CHECK_KIND(kind, pthread_mutex_consistent(&mutex[kUnnoticed]) == 0);
  CHECK_KIND(kind, pthread_mutex_unlock(&mutex[kUnnoticed]) == 0);
  CHECK_KIND(kind, pthread_mutex_consistent(&mutex[kUnrepaired]) == 0);
  CHECK_KIND(kind, pthread_mutex_unlock(&mutex[kUnrepaired]) == 0);
  CHECK_KIND(kind, pthread_mutex_consistent(&mutex[kRepaired]) == EINVAL);
  CHECK_KIND(kind, pthread_mutex_unlock(&mutex[kRepaired]) == 0);
  CHECK_KIND(kind, pthread_mutex_lock(&mutex[kGivenUp]) == ENOTRECOVERABLE);
  for (int state = 0; state < kGivenUp; ++state) {
    CHECK_KIND(kind, pthread_mutex_lock(&mutex[state]) == 0);
    CHECK_KIND(kind, pthread_mutex_unlock(&mutex[state]) == 0);
  }
}

int main(void) {
  for (int i = 0; i < kMutexKindCount; ++i) {
    for (int state = 0; state < kStates; ++state) {
      InitMutex(&mutexes[i][state], &kMutexKinds[i]);
    }
  }
  Join(Start(Holder, NULL));
  for (int i = 0; i < kMutexKindCount; ++i) {
    if (kMutexKinds[i].robust) Before(&kMutexKinds[i], mutexes[i]);
  }
  LiveThroughRestarts();
  for (int i = 0; i < kMutexKindCount; ++i) {
    if (kMutexKinds[i].robust) After(&kMutexKinds[i], mutexes[i]);
  }
  return Done();
}
