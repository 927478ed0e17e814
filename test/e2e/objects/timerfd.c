// Intent: timerfds keep what was left of a span, the moment that was asked for,
// their interval and expiries that nobody has read; one that is not set stays
// so; a thread that waits for one is woken by its expiry.
// RUN: %build_c
// RUN: %generations --ids same %t
// RUN: %generations --ids ns %t
// RUN: %generations --ids new %t
// RUN: %generations --ids new --user nobody %t
#include <sys/timerfd.h>

#include "behave.h"

static int Timer(clockid_t clock, int flags, long value_ms, long interval_ms,
                 const struct timespec* moment) {
  struct itimerspec setting = {
      {interval_ms / 1000, interval_ms % 1000 * 1000000},
      {value_ms / 1000, value_ms % 1000 * 1000000}};
  if (moment != NULL) setting.it_value = *moment;
  const int fd = timerfd_create(clock, TFD_NONBLOCK);
  CHECK(fd >= 0 && timerfd_settime(fd, flags, &setting, NULL) == 0);
  return fd;
}

static uint64_t Ticks(int fd) {
  uint64_t ticks = 0;
  const ssize_t n = read(fd, &ticks, 8);
  CHECK(n == 8 || (n == -1 && errno == EAGAIN));
  return ticks;
}

static double Left(int fd) {
  struct itimerspec setting;
  CHECK(timerfd_gettime(fd, &setting) == 0);
  return (double)setting.it_value.tv_sec +
         (double)setting.it_value.tv_nsec * 1e-9;
}

static int waited;

static void* Wait(void* tid) {
  uint64_t ticks;
  Set(tid, gettid());
  CHECK(read(waited, &ticks, 8) == 8 && ticks == 1);
  return NULL;
}

int main(void) {
  static int tid;
  struct itimerspec setting;
  const int unset = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
  const int span = Timer(CLOCK_MONOTONIC, 0, 5000000, 7000, NULL);
  const struct timespec noon = In(CLOCK_REALTIME, 5000000);
  const int moment = Timer(CLOCK_REALTIME, TFD_TIMER_ABSTIME, 0, 0, &noon);
  const int watched =
      Timer(CLOCK_REALTIME, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, 0, 0,
            &noon);
  const int once = Timer(CLOCK_BOOTTIME, 0, 1, 0, NULL);
  const int often = Timer(CLOCK_MONOTONIC, 0, 1, 2000, NULL);
  waited = Timer(CLOCK_MONOTONIC, 0, 5000000, 0, NULL);
  CHECK(fcntl(waited, F_SETFL, O_RDWR) == 0);
  while (Left(once) != 0 || Left(often) < 1) Pause();
  const pthread_t thread = Start(Wait, &tid);
  AwaitSyscall(&tid, 0);
  LiveThroughRestarts();
  CHECK(Ticks(unset) == 0 && Left(unset) == 0);
  CHECK(Ticks(span) == 0 && Left(span) > 4000 && Left(span) <= 5000);
  CHECK(timerfd_gettime(span, &setting) == 0);
  CHECK(setting.it_interval.tv_sec == 7 && setting.it_interval.tv_nsec == 0);
  CHECK(Ticks(moment) == 0 && Ticks(watched) == 0);
  // When it expires is when it was to: never before.
  const double before = -Since(CLOCK_REALTIME, &noon);
  const double left = Left(moment);
  const double after = -Since(CLOCK_REALTIME, &noon);
  CHECK(left <= before + 0.5 && left >= after - 1e-6);
  CHECK(Ticks(once) == 1 && Ticks(once) == 0 && Left(once) == 0);
  CHECK(Ticks(often) >= 1);
  CHECK(Left(often) > 0 && Left(often) <= 2);
  const struct itimerspec soon = {{0, 0}, {0, 1}};
  CHECK(timerfd_settime(waited, 0, &soon, NULL) == 0);
  Join(thread);
  return Done();
}
