// Intent: a pthread_once that is being carried out at the checkpoint, while
// another thread waits for it, ends after the restart: once, and the waiter goes
// on after it and not before.
// RUN: %build_c
// RUN: %generations %t
// RUN: %generations --ids ns %t
// RUN: %generations --ids new %t
#include "behave.h"

static pthread_once_t once = PTHREAD_ONCE_INIT;
static int begun, ended, tids[2];

static void Initialise(void) {
  Count(&begun);
  AwaitGo();
  Count(&ended);
}

static void* Body(void* argument) {
  if (argument != NULL) {
    Await(&begun, 1);
    Set(argument, gettid());
  }
  CHECK(pthread_once(&once, Initialise) == 0);
  CHECK(Get(&ended) == 1);
  return NULL;
}

int main(void) {
  const pthread_t threads[3] = {Start(Body, NULL), Start(Body, &tids[0]),
                                Start(Body, &tids[1])};
  AwaitFutex(&tids[0]);
  AwaitFutex(&tids[1]);
  LiveThroughRestarts();
  for (int i = 0; i < 3; ++i) Join(threads[i]);
  CHECK(pthread_once(&once, Initialise) == 0);
  CHECK(begun == 1 && ended == 1);
  return Done();
}
