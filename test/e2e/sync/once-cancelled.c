// Intent: a pthread_once whose thread is cancelled in the middle after the
// restart is begun anew by the one that has been waiting since the checkpoint.
// RUN: %build_c
// RUN: %generations %t
// RUN: %generations --ids new %t
#include "behave.h"

static pthread_once_t once = PTHREAD_ONCE_INIT;
static int begun, tid;

static void Initialise(void) {
  Count(&begun);
  if (Get(&begun) == 1) pause();
}

static void* First(void* unused) {
  pthread_once(&once, Initialise);
  return unused;
}

static void* Second(void* unused) {
  Await(&begun, 1);
  Set(&tid, gettid());
  CHECK(pthread_once(&once, Initialise) == 0);
  CHECK(Get(&begun) == 2);
  return unused;
}

int main(void) {
  const pthread_t first = Start(First, NULL), second = Start(Second, NULL);
  AwaitFutex(&tid);
  LiveThroughRestarts();
  CHECK(begun == 1);
  CHECK(pthread_cancel(first) == 0);
  CHECK(Join(first) == PTHREAD_CANCELED);
  Join(second);
  CHECK(begun == 2);
  return Done();
}
