// Intent: a thread that has ended and was not joined yet is joined after the
// restart, with its result.
// RUN: %build_c
// RUN: %generations %t
// RUN: %generations --ids new %t
#include "behave.h"

static int tid;

static void* Body(void* argument) {
  Set(&tid, gettid());
  return argument;
}

int main(void) {
  const pthread_t thread = Start(Body, &tid);
  char path[64];
  while (Get(&tid) == 0) Pause();
  snprintf(path, sizeof(path), "/proc/self/task/%d", tid);
  while (access(path, F_OK) == 0) Pause();
  LiveThroughRestarts();
  CHECK(Join(thread) == &tid);
  return Done();
}
