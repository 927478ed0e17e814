// Intent: interval timers go on after a restart, real and profiling ones.
// RUN: %build_c
// RUN: %generations %t
// RUN: %generations --ids new %t
#include <sys/time.h>

#include "behave.h"

static int real, profiling;

static void OnSignal(int signal) {
  Count(signal == SIGALRM ? &real : &profiling);
}

int main(void) {
  const struct sigaction action = {.sa_handler = OnSignal,
                                   .sa_flags = SA_RESTART};
  sigaction(SIGALRM, &action, NULL);
  sigaction(SIGPROF, &action, NULL);
  const struct itimerval span = {{0, 5000}, {0, 5000}};
  setitimer(ITIMER_REAL, &span, NULL);
  setitimer(ITIMER_PROF, &span, NULL);
  Ready();
  int generation = 0, seen_real = 0, seen_profiling = 0;
  while (!Go() || Get(&real) <= seen_real ||
         Get(&profiling) <= seen_profiling) {
    // Each generation must see both timers tick.
    if (checkpoint_generation() == generation) continue;
    generation = checkpoint_generation();
    seen_real = Get(&real);
    seen_profiling = Get(&profiling);
  }
  struct itimerval now;
  CHECK(getitimer(ITIMER_REAL, &now) == 0);
  CHECK(now.it_interval.tv_usec == 5000);
  return Done();
}
