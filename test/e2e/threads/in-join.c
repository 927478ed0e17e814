// Intent: a thread that is waiting for another's end at the checkpoint gets its
// result after the restart; also main itself, and main that has left.
// RUN: %build_c
// RUN: %generations %t
// RUN: %generations --ids ns %t
// RUN: %generations --ids new %t
#include "behave.h"

static int joiner;

static void* Last(void* argument) {
  AwaitSyscall(&joiner, 202);  // futex
  AwaitSyscall(argument, 202);
  LiveThroughRestarts();
  return &joiner;
}

static void* Middle(void* argument) {
  Set(&joiner, gettid());
  CHECK(Join(Start(Last, argument)) == &joiner);
  return argument;
}

int main(void) {
  int main_tid = gettid();
  CHECK(Join(Start(Middle, &main_tid)) == &main_tid);
  return Done();
}
