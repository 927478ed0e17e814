// Intent: each thread has its scheduling policy again: priority, nice value,
// reset-on-fork, the parameters of SCHED_DEADLINE, a time slice of its own.
// RUN: %build_c
// RUN: %generations %t
// RUN: %generations --ids new %t
// RUN: %generations --ids ns --user nobody %t
// RUN: %generations --ids new --user nobody %t
// REQUIRES: nobody
#include "state/sched.h"

enum { kResetOnFork = 1, kDeadline = 6, kMillisecond = 1000000 };

static int running;

// Nice values on top of the launcher's: lowering them needs a right.
static const struct Sched kOrdinary[] = {
    {.policy = SCHED_BATCH, .nice = 3},
    {.policy = SCHED_IDLE},
    {.policy = SCHED_OTHER, .nice = 7, .flags = kResetOnFork},
};
static const struct Sched kRoots[] = {
    {.policy = SCHED_FIFO, .priority = 10},
    {.policy = SCHED_RR, .priority = 20, .flags = kResetOnFork},
    {.policy = kDeadline,
     .runtime = kMillisecond,
     .deadline = 20 * kMillisecond,
     .period = 30 * kMillisecond},
};

static void* Body(void* argument) {
  const struct Sched* wanted = argument;
  struct Sched own = *wanted;
  own.nice += GetSched().nice;
  SetSched(own);
  const struct Sched before = GetSched();
  Count(&running);
  do {
    const struct Sched now = GetSched();
    CHECK(now.policy == wanted->policy && now.priority == wanted->priority);
    CHECK(now.flags == wanted->flags && now.nice == before.nice);
    CHECK(now.runtime == before.runtime && now.deadline == wanted->deadline);
    CHECK(now.period == wanted->period);
    Pause();
  } while (!Go());
  return argument;
}

int main(void) {
  pthread_t threads[7];
  const struct Sched start = GetSched();
  struct Sched slice = start;
  slice.runtime = 2 * start.runtime;
  slice.nice = 0;
  int count = 0;
  for (int i = 0; i < 3; ++i) {
    threads[count++] = Start(Body, (void*)&kOrdinary[i]);
  }
  threads[count++] = Start(Body, &slice);
  for (int i = 0; i < 3 && geteuid() == 0; ++i) {
    threads[count++] = Start(Body, (void*)&kRoots[i]);
  }
  Await(&running, count);
  LiveThroughRestarts();
  for (int i = 0; i < count; ++i) Join(threads[i]);
  const struct Sched now = GetSched();
  CHECK(now.policy == start.policy && now.nice == start.nice);
  return Done();
}
