// Intent: detached threads, by attribute, by another thread and by themselves,
// live through restarts and end without being joined; a thread from before the
// restart can be detached after it.
// RUN: %build_c
// RUN: %generations %t
// RUN: %generations --ids ns %t
// RUN: %generations --ids new %t
#include "behave.h"

enum { kThreads = 4 };

static int running, left;

static void* Body(void* argument) {
  if (argument != NULL) CHECK(pthread_detach(pthread_self()) == 0);
  Count(&running);
  AwaitGo();
  Count(&left);
  return NULL;
}

// The kernel's count of threads, but for the runtime's own.
static int Threads(void) {
  int checkpointer = 0, all = 0;
  char line[256];
  FILE* status = fopen("/proc/self/status", "re");
  CHECK(status != NULL);
  while (fgets(line, sizeof(line), status) != NULL) {
    sscanf(line, "Threads: %d", &all);
  }
  fclose(status);
  checkpointer = getenv("BEHAVE_GO") != NULL;
  return all - checkpointer;
}

int main(void) {
  pthread_t threads[kThreads];
  pthread_attr_t a;
  CHECK(pthread_attr_init(&a) == 0);
  CHECK(pthread_attr_setdetachstate(&a, PTHREAD_CREATE_DETACHED) == 0);
  CHECK(pthread_create(&threads[0], &a, Body, NULL) == 0);
  threads[1] = Start(Body, &running);
  threads[2] = Start(Body, NULL);
  threads[3] = Start(Body, NULL);
  CHECK(pthread_detach(threads[2]) == 0);
  Await(&running, kThreads);
  checkpoint_disable();  // what follows holds before the threads have ended
  CHECK(pthread_join(threads[0], NULL) == EINVAL);
  CHECK(pthread_detach(threads[1]) == EINVAL);
  checkpoint_enable();
  LiveThroughRestarts();
  CHECK(pthread_detach(threads[3]) == 0);
  Await(&left, kThreads);
  while (Threads() > 1) Pause();
  // Their stacks are there for others.
  for (int i = 0; i < 100; ++i) {
    pthread_t brief;
    CHECK(pthread_create(&brief, &a, Body, NULL) == 0);
  }
  Await(&left, kThreads + 100);
  return Done();
}
