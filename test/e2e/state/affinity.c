// Intent: a thread that has chosen its CPUs is bound to them again, one that
// has not is not.
// RUN: %build_c
// RUN: %generations %t
// RUN: %generations --ids new %t
// RUN: %generations --ids ns --user nobody %t
#include "state/sched.h"

static int running;
static cpu_set_t all;

static void* Body(void* argument) {
  cpu_set_t own, now;
  CPU_ZERO(&own);
  CPU_SET((size_t)argument, &own);
  CHECK(sched_setaffinity(0, sizeof(own), &own) == 0);
  Count(&running);
  do {
    CHECK(sched_getaffinity(0, sizeof(now), &now) == 0);
    CHECK(CPU_EQUAL(&now, &own));
    Pause();
  } while (!Go());
  return argument;
}

int main(void) {
  pthread_t threads[CPU_SETSIZE];
  size_t cpus[CPU_SETSIZE];
  cpu_set_t now;
  int count = 0;
  CHECK(sched_getaffinity(0, sizeof(all), &all) == 0);
  for (size_t cpu = 0; cpu < CPU_SETSIZE && count < 8; ++cpu) {
    if (!CPU_ISSET(cpu, &all)) continue;
    cpus[count] = cpu;
    threads[count] = Start(Body, (void*)cpus[count]);
    ++count;
  }
  Await(&running, count);
  LiveThroughRestarts();
  for (int i = 0; i < count; ++i) Join(threads[i]);
  CHECK(sched_getaffinity(0, sizeof(now), &now) == 0);
  CHECK(CPU_EQUAL(&now, &all));
  return Done();
}
