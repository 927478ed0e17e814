// Intent: a program with callbacks ends when the last of its own threads has
// ended after the main thread: the callbacks' thread does not keep it.
// RUN: %build_c
// RUN: %generations %t
// RUN: %generations --ids new %t
#include "behave.h"

static void Nothing(int error, void* argument) { (void)error, (void)argument; }

static void* Last(void* unused) {
  (void)unused;
  LiveThroughRestarts();
  Done();
  return NULL;
}

int main(void) {
  CHECK(checkpoint_on(CHECKPOINT_BEFORE, Nothing, NULL) == 0);
  CHECK(checkpoint_on(CHECKPOINT_RESTART, Nothing, NULL) == 0);
  Start(Last, NULL);
  pthread_exit(NULL);
}
