// Intent: a program that may not be dumped nor looked into (PR_SET_DUMPABLE 0)
// is checkpointed, and is restarted as one; also for a user to whom its /proc
// does not belong any more.
// RUN: %build_c
// RUN: %generations %t
// RUN: %generations --ids new %t
// RUN: %generations --ids ns --user nobody %t
// RUN: %generations --ids new --user nobody %t
// REQUIRES: nobody
#include <sys/prctl.h>

#include "behave.h"

int main(void) {
  CHECK(prctl(PR_SET_DUMPABLE, 0) == 0);
  LiveThroughRestarts();
  CHECK(prctl(PR_GET_DUMPABLE) == 0);
  return Done();
}
