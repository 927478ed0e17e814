// Intent: handlers that pthread_atfork has registered before the checkpoint run
// round a fork after the restart, in their order, in parent and child; and the
// lock that they take for the fork can be used in both.
// RUN: %build_c
// RUN: %generations %t
// RUN: %generations --ids ns %t
// RUN: %generations --ids new %t
#include <sys/wait.h>

#include "behave.h"

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static char order[16];
static int steps;

static void Step(char name) { order[steps++] = name; }

static void PrepareFirst(void) { Step('a'); }
static void ParentFirst(void) { Step('b'); }
static void ChildFirst(void) { Step('c'); }
static void PrepareSecond(void) {
  CHECK(pthread_mutex_lock(&mutex) == 0);
  Step('A');
}
static void ParentSecond(void) {
  Step('B');
  CHECK(pthread_mutex_unlock(&mutex) == 0);
}
static void ChildSecond(void) {
  Step('C');
  CHECK(pthread_mutex_unlock(&mutex) == 0);
}

int main(void) {
  int status;
  CHECK(pthread_atfork(PrepareFirst, ParentFirst, ChildFirst) == 0);
  CHECK(pthread_atfork(PrepareSecond, ParentSecond, ChildSecond) == 0);
  LiveThroughRestarts();
  checkpoint_disable();  // not while there is a child
  const pid_t child = fork();
  CHECK(child >= 0);
  if (child == 0) {
    CHECK(strcmp(order, "AacC") == 0);
    CHECK(pthread_mutex_trylock(&mutex) == 0);
    _exit(7);
  }
  CHECK(waitpid(child, &status, 0) == child);
  CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 7);
  checkpoint_enable();
  CHECK(strcmp(order, "AabB") == 0);
  CHECK(pthread_mutex_trylock(&mutex) == 0);
  return Done();
}
