// Intent: calls that name a thread by the id that the program knows mean that
// thread after a restart, also its other threads'.
// RUN: %build_c
// RUN: %generations %t
// RUN: %generations --ids ns %t
// RUN: %generations --ids new %t
// RUN: %build_c -static
// RUN: %generations --ids new %t
#include <sched.h>
#include <sys/resource.h>

#include "behave.h"

static int tid;

static void* Body(void* unused) {
  Set(&tid, gettid());
  AwaitGo();
  while (Get(&tid) != 0) Pause();
  CHECK(getpriority(PRIO_PROCESS, 0) == 19);
  CHECK(sched_getscheduler(0) == SCHED_BATCH);
  return unused;
}

int main(void) {
  const pid_t pid = getpid();
  const int own = getpriority(PRIO_PROCESS, 0);
  const pthread_t thread = Start(Body, NULL);
  while (Get(&tid) == 0) Pause();
  LiveThroughRestarts();
  cpu_set_t set;
  struct sched_param param = {.sched_priority = 0};
  CHECK(sched_getaffinity(tid, sizeof(set), &set) == 0);
  CHECK(sched_setaffinity(tid, sizeof(set), &set) == 0);
  CHECK(sched_getaffinity(pid, sizeof(set), &set) == 0);
  CHECK(sched_setscheduler(tid, SCHED_BATCH, &param) == 0);
  CHECK(sched_getparam(tid, &param) == 0 && param.sched_priority == 0);
  CHECK(setpriority(PRIO_PROCESS, (id_t)tid, 19) == 0);
  CHECK(getpriority(PRIO_PROCESS, (id_t)tid) == 19);
  // The main thread's own are as they were.
  CHECK(getpriority(PRIO_PROCESS, (id_t)pid) == own);
  CHECK(sched_getscheduler(pid) == SCHED_OTHER);
  CHECK(kill(pid, 0) == 0 && tgkill(pid, tid, 0) == 0);
  Set(&tid, 0);
  Join(thread);
  return Done();
}
