// Intent: the three interval timers and alarm go on after a restart: periodic
// ones tick, one that fires once keeps what was left of it, and processor time
// is counted on.
// REQUIRES: nobody
// RUN: %build_c
// RUN: %generations %t
// RUN: %generations --ids ns %t
// RUN: %generations --ids new %t
// RUN: %generations --interval 0.02 --ids new %t
// RUN: %generations --user nobody --ids new %t
// RUN: %generations %t once
// RUN: %generations --ids new %t once
#include <sys/time.h>

#include "behave.h"

enum { kKinds = 3 };

static const int kSignals[kKinds] = {SIGALRM, SIGVTALRM, SIGPROF};
static int ticks[kKinds];

static void OnSignal(int signal) {
  for (int i = 0; i < kKinds; ++i) {
    if (signal == kSignals[i]) Count(&ticks[i]);
  }
}

static void Arm(int kind, long each_us, struct timeval first) {
  const struct itimerval setting = {{0, each_us}, first};
  CHECK(setitimer(kind, &setting, NULL) == 0);
}

static void Periodic(void) {
  for (int i = 0; i < kKinds; ++i) Arm(i, 5000, (struct timeval){0, 5000});
  Ready();
  int generation = 0, seen[kKinds] = {0};
  for (int all = 0; !Go() || !all;) {
    // Each generation must see all of them tick.
    if (checkpoint_generation() != generation) {
      generation = checkpoint_generation();
      for (int i = 0; i < kKinds; ++i) seen[i] = Get(&ticks[i]);
    }
    all = 1;
    for (int i = 0; i < kKinds; ++i) all &= Get(&ticks[i]) > seen[i];
  }
  for (int i = 0; i < kKinds; ++i) {
    struct itimerval now;
    CHECK(getitimer(i, &now) == 0);
    CHECK(now.it_interval.tv_sec == 0 && now.it_interval.tv_usec == 5000);
  }
}

// What is left only becomes less, and never more than has been lived through.
static void Once(void) {
  double left[kKinds];
  for (int i = 0; i < kKinds; ++i) {
    Arm(i, 0, (struct timeval){1000, 0});
    left[i] = 1000;
  }
  const double start = -Since(CLOCK_MONOTONIC, &(struct timespec){0, 0});
  Ready();
  while (!Go()) {
    for (int i = 0; i < kKinds; ++i) {
      struct itimerval now;
      CHECK(getitimer(i, &now) == 0);
      const double rest = now.it_value.tv_sec + now.it_value.tv_usec * 1e-6;
      CHECK(now.it_interval.tv_sec == 0 && now.it_interval.tv_usec == 0);
      // A timer on processor time is rounded up to a tick.
      CHECK(rest > 0 && rest <= left[i] + 0.011);
      const double lived =
          Since(CLOCK_MONOTONIC, &(struct timespec){0, 0}) + start;
      CHECK(rest >= 1000 - lived - 1);
      if (rest < left[i]) left[i] = rest;
    }
  }
  CHECK(left[0] < 1000 && left[2] < 1000);
  // alarm is the same timer as the first.
  const unsigned rest = alarm(1);
  CHECK(rest > 900 && rest <= 1000);
  CHECK(ticks[0] == 0);
  Await(&ticks[0], 1);
  // The others fire, each once.
  for (int i = 1; i < kKinds; ++i) Arm(i, 0, (struct timeval){0, 1000});
  while (Get(&ticks[1]) == 0 || Get(&ticks[2]) == 0) {
  }
  CHECK(ticks[0] == 1 && ticks[1] == 1 && ticks[2] == 1);
  CHECK(alarm(0) == 0);
}

int main(int argc, char** argv) {
  (void)argv;
  const struct sigaction action = {.sa_handler = OnSignal,
                                   .sa_flags = SA_RESTART};
  for (int i = 0; i < kKinds; ++i) {
    CHECK(sigaction(kSignals[i], &action, NULL) == 0);
  }
  if (argc > 1) {
    Once();
  } else {
    Periodic();
  }
  return Done();
}
