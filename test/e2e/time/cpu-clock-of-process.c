// Intent: the clock of the process's own processor time, by its id, is to be had
// and goes on after restarts, also one that was asked for before them.
// RUN: %build_c
// RUN: %generations %t
// RUN: %generations --ids ns %t
// RUN: %generations --ids new %t
#include "behave.h"

static int64_t Read(clockid_t clock) {
  struct timespec t;
  CHECK(clock_gettime(clock, &t) == 0);
  return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

int main(void) {
  clockid_t first, now;
  const pid_t self = getpid();
  CHECK(clock_getcpuclockid(self, &first) == 0);
  CHECK(clock_getcpuclockid(0, &now) == 0);
  int64_t last = 0;
  Ready();
  while (!Go()) {
    CHECK(clock_getcpuclockid(getpid(), &now) == 0 && now == first);
    struct timespec resolution;
    CHECK(clock_getres(now, &resolution) == 0);
    const int64_t by_old = Read(first), by_new = Read(now);
    const int64_t own = Read(CLOCK_PROCESS_CPUTIME_ID);
    CHECK(last <= by_old && by_old <= by_new && by_new <= own);
    last = own;
  }
  CHECK(clock_getcpuclockid(1 << 22, &now) != 0);
  return Done();
}
