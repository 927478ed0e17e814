// Intent: threads that are cancelled in a wait for a condition, a sleep or a
// computation, all the time, round checkpoints and restarts: all end as cancelled,
// no lock stays held, and no cleanup is left out.
// RUN: %build_c
// RUN: %generations --interval 0.01 --generations 4 %t
// RUN: %generations --interval 0.01 --generations 4 --ids new %t
#include "behave.h"

enum { kThreads = 3 };

static pthread_mutex_t mutex = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;
static pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
static int begun, cleaned;

static void Unlock(void* unused) {
  (void)unused;
  CHECK(pthread_mutex_unlock(&mutex) == 0);
}

static void Clean(void* unused) {
  (void)unused;
  Count(&cleaned);
}

static void* Body(void* argument) {
  const long how = (long)argument;
  pthread_cleanup_push(Clean, NULL);
  Count(&begun);
  if (how == 0) {
    CHECK(pthread_mutex_lock(&mutex) == 0);
    pthread_cleanup_push(Unlock, NULL);
    while (1) pthread_cond_wait(&condition, &mutex);
    pthread_cleanup_pop(1);
  }
  while (how == 1) usleep(100);
  while (how == 2) pthread_testcancel();
  pthread_cleanup_pop(1);
  return NULL;
}

int main(void) {
  int rounds = 0;
  Ready();
  do {
    pthread_t threads[kThreads];
    for (long i = 0; i < kThreads; ++i) threads[i] = Start(Body, (void*)i);
    if (rounds % 2 == 0) Await(&begun, (rounds + 1) * kThreads);
    for (int i = 0; i < kThreads; ++i) CHECK(pthread_cancel(threads[i]) == 0);
    for (int i = 0; i < kThreads; ++i) {
      CHECK(Join(threads[i]) == PTHREAD_CANCELED);
    }
    ++rounds;
    CHECK(begun == rounds * kThreads && cleaned == begun);
    // None of those that are gone owns it.
    CHECK(pthread_mutex_trylock(&mutex) == 0);
    CHECK(pthread_mutex_unlock(&mutex) == 0);
  } while (!Go());
  return Done();
}
