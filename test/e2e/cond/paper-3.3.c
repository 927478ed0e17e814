// Intent: the five steps of section 3.3 of the paper: thread 1 locks M and waits
// for a condition, which unlocks M; thread 2 locks M; both are checkpointed.
// Neither loses what it has: 2 holds M, 1 is still waiting and does not touch
// what M protects.
// RUN: %build_c
// RUN: %generations %t
// RUN: %generations --ids new %t
// RUN: %generations --ids ns %t
#include "behave.h"

static pthread_mutex_t m = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
static int tid, locked, signalled, woken, in_section;

static void* Thread1(void* unused) {
  (void)unused;
  pthread_mutex_lock(&m);
  Set(&tid, gettid());
  pthread_cond_wait(&condition, &m);
  CHECK(Get(&signalled) == 1);
  CHECK(Get(&in_section) == 0);
  Set(&woken, 1);
  pthread_mutex_unlock(&m);
  return NULL;
}

static void* Thread2(void* unused) {
  (void)unused;
  AwaitSyscall(&tid, 202);  // futex: it is in the wait
  pthread_mutex_lock(&m);
  Set(&in_section, 1);
  Set(&locked, 1);
  AwaitGo();
  CHECK(Get(&woken) == 0);
  Set(&signalled, 1);
  pthread_cond_signal(&condition);
  // The signalled thread must not get on before M is unlocked.
  for (int i = 0; i < 20; ++i) {
    Pause();
    CHECK(Get(&woken) == 0);
  }
  Set(&in_section, 0);
  pthread_mutex_unlock(&m);
  return NULL;
}

int main(void) {
  const pthread_t one = Start(Thread1, NULL);
  const pthread_t two = Start(Thread2, NULL);
  Await(&locked, 1);
  LiveThroughRestarts();
  Join(two);
  Join(one);
  CHECK(Get(&woken) == 1);
  return Done();
}
