// Intent: of a periodic timer no tick is lost or told twice, whatever moment a
// checkpoint or a restart falls on: signals and overruns add up to the time
// that the program has lived through.
// RUN: %build_c
// RUN: %generations --interval 0.02 %t
// RUN: %generations --interval 0.02 --ids new %t
#include "behave.h"

enum { kTold = 40, kMs = 1000000 };

static timer_t timer;
static long told;

int main(void) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, kTold);
  sigprocmask(SIG_BLOCK, &set, NULL);
  struct sigevent event = {.sigev_notify = SIGEV_SIGNAL,
                           .sigev_signo = kTold};
  CHECK(timer_create(CLOCK_MONOTONIC, &event, &timer) == 0);
  // To a moment: the time between death and restart counts, too.
  const struct timespec first = In(CLOCK_MONOTONIC, 1);
  const struct itimerspec setting = {{0, kMs}, first};
  CHECK(timer_settime(timer, TIMER_ABSTIME, &setting, NULL) == 0);
  Ready();
  for (int i = 0; !Go() || i < 10; ++i) {
    siginfo_t info;
    if (i % 3 == 0) poll(NULL, 0, 4);
    CHECK(sigwaitinfo(&set, &info) == kTold);
    CHECK(info.si_code == SI_TIMER && info.si_overrun >= 0);
    told += 1 + info.si_overrun;
    // Those that have come since are still to be told.
    const double due = Since(CLOCK_MONOTONIC, &first) * 1000 + 1;
    if ((double)told > due) {
      dprintf(2, "%ld told, %.3f due\n", told, due);
      return 1;
    }
  }
  // The last one tells all that have come up to now.
  poll(NULL, 0, 20);
  siginfo_t info;
  const double before = Since(CLOCK_MONOTONIC, &first) * 1000 + 1;
  CHECK(sigwaitinfo(&set, &info) == kTold);
  told += 1 + info.si_overrun;
  const double after = Since(CLOCK_MONOTONIC, &first) * 1000 + 1;
  if ((double)told < before - 1 || (double)told > after) {
    dprintf(2, "%ld told, %.3f to %.3f due\n", told, before, after);
    return 1;
  }
  return Done();
}
