// Intent: a thread waits for a condition with a mutex of any kind at the
// checkpoint, while another one holds the mutex. Signalled after the restart it
// has the mutex again when the other has let go, as its owner.
// RUN: %build_c
// RUN: %generations %t
// RUN: %generations --ids ns %t
// RUN: %generations --ids new %t
#include "mutex_kinds.h"

static pthread_mutex_t mutexes[kMutexKindCount];
static pthread_cond_t conditions[kMutexKindCount];
static int tids[kMutexKindCount], woken[kMutexKindCount], signalled, looked;

static void* Waiter(void* argument) {
  const long i = (long)argument;
  const struct MutexKind* kind = &kMutexKinds[i];
  CHECK(pthread_mutex_lock(&mutexes[i]) == 0);
  Set(&tids[i], gettid());
  CHECK_KIND(kind, pthread_cond_wait(&conditions[i], &mutexes[i]) == 0);
  CHECK_KIND(kind, Get(&signalled) == 1);
  Set(&woken[i], 1);
  Await(&looked, 1);
  if (kind->type == PTHREAD_MUTEX_ERRORCHECK) {
    CHECK_KIND(kind, pthread_mutex_lock(&mutexes[i]) == EDEADLK);
  }
  CHECK_KIND(kind, pthread_mutex_unlock(&mutexes[i]) == 0);
  if (KnowsOwner(kind)) {
    CHECK_KIND(kind, pthread_mutex_unlock(&mutexes[i]) == EPERM);
  }
  return NULL;
}

static void Init(int i) {
  pthread_condattr_t a;
  CHECK(pthread_condattr_init(&a) == 0);
  if (kMutexKinds[i].shared) {
    CHECK(pthread_condattr_setpshared(&a, PTHREAD_PROCESS_SHARED) == 0);
  }
  CHECK(pthread_cond_init(&conditions[i], &a) == 0);
  InitMutex(&mutexes[i], &kMutexKinds[i]);
}

int main(void) {
  pthread_t waiters[kMutexKindCount];
  for (long i = 0; i < kMutexKindCount; ++i) {
    Init((int)i);
    waiters[i] = Start(Waiter, (void*)i);
    AwaitFutex(&tids[i]);
    CHECK(pthread_mutex_lock(&mutexes[i]) == 0);
  }
  LiveThroughRestarts();
  Set(&signalled, 1);
  for (int i = 0; i < kMutexKindCount; ++i) {
    CHECK(pthread_cond_signal(&conditions[i]) == 0);
  }
  for (int n = 0; n < 10; ++n) {
    for (int i = 0; i < kMutexKindCount; ++i) CHECK(Get(&woken[i]) == 0);
    Pause();
  }
  for (int i = 0; i < kMutexKindCount; ++i) {
    const struct MutexKind* kind = &kMutexKinds[i];
    CHECK_KIND(kind, pthread_mutex_unlock(&mutexes[i]) == 0);
    Await(&woken[i], 1);
    CHECK_KIND(kind, pthread_mutex_trylock(&mutexes[i]) == EBUSY);
    if (KnowsOwner(kind)) {
      CHECK_KIND(kind, pthread_mutex_unlock(&mutexes[i]) == EPERM);
    }
  }
  Set(&looked, 1);
  for (int i = 0; i < kMutexKindCount; ++i) Join(waiters[i]);
  return Done();
}
