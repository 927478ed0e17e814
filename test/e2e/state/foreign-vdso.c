// Intent: under a kernel with another vdso the program's functions there lead to
// the new one's: also by addresses that it has kept, after a second and third
// change, in new threads, and in a static program.
// RUN: %build_c
// RUN: %generations --fault vdso=1@1+ %t
// RUN: %generations --ids new --fault vdso=1@1+ %t
// RUN: %generations --ids ns --user nobody --fault vdso=1@1+ %t
// RUN: %build_c -static
// RUN: %generations --fault vdso=1@1+ %t
// REQUIRES: nobody
#include <sched.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>

#include "behave.h"

static int64_t Ns(struct timespec t) {
  return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

static void CheckClocks(void) {
  for (clockid_t clock = CLOCK_REALTIME; clock <= CLOCK_BOOTTIME; ++clock) {
    // Not those of processor time, which goes on where it was.
    if (clock == 2 || clock == 3 || clock == 10) continue;
    struct timespec before, now, after, resolution;
    if (syscall(SYS_clock_gettime, clock, &before) != 0) continue;
    CHECK(clock_gettime(clock, &now) == 0);
    syscall(SYS_clock_gettime, clock, &after);
    CHECK(Ns(before) <= Ns(now) && Ns(now) <= Ns(after));
    CHECK(clock_getres(clock, &resolution) == 0);
  }
  struct timeval tv;
  const time_t seconds = time(NULL);
  CHECK(gettimeofday(&tv, NULL) == 0);
  CHECK(tv.tv_sec - seconds <= 5);
  CHECK(sched_getcpu() >= 0);
}

static void* CheckInThread(void* unused) {
  CheckClocks();
  return unused;
}

int main(void) {
  int64_t last = 0;
  CheckClocks();
  Ready();
  while (!Go()) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    CHECK(Ns(now) >= last);
    last = Ns(now);
    Pause();  // seldom inside
  }
  CheckClocks();
  Join(Start(CheckInThread, NULL));
  return Done();
}
