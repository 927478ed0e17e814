// Intent: POSIX timers on every clock, by a signal to the process, to a thread
// and by none, go on after restarts under their ids; processor time too.
// REQUIRES: nobody
// RUN: %build_c
// RUN: %generations %t
// RUN: %generations --ids ns %t
// RUN: %generations --ids new %t
// RUN: %generations --user nobody --ids ns %t
// RUN: %generations --user nobody --ids new %t
// A kernel that does not let choose the ids (before Linux 6.15).
// RUN: %generations --fault timer_ids=22@1+ %t
// RUN: %generations --fault timer_ids=22@1+ --ids new %t
// RUN: %ckpt_cc -static -std=gnu11 -D_GNU_SOURCE -O2 -pthread -I %behave %s -o %t.static
// RUN: %generations --ids new %t.static
#include <sys/syscall.h>

#include "behave.h"

static const clockid_t kClocks[] = {CLOCK_REALTIME, CLOCK_MONOTONIC,
                                    CLOCK_BOOTTIME, CLOCK_TAI,
                                    CLOCK_PROCESS_CPUTIME_ID,
                                    CLOCK_THREAD_CPUTIME_ID};
enum { kCount = sizeof(kClocks) / sizeof(kClocks[0]), kSilent = kCount + 1 };
enum { kMs = 1000000, kTold = 34 + 6 };

static int ticks[kCount + 1], wrong_thread, helper_tid, finished;

static void OnTick(int signal, siginfo_t* info, void* context) {
  (void)signal, (void)context;
  const int which = info->si_value.sival_int;
  if (info->si_code != SI_TIMER || which < 0 || which > kCount) _exit(3);
  if (which == kCount && gettid() != Get(&helper_tid)) Count(&wrong_thread);
  Count(&ticks[which]);
}

static void* Helper(void* unused) {
  Set(&helper_tid, gettid());
  Await(&finished, 1);
  return unused;
}

static timer_t Create(clockid_t clock, int notify, int which, int tid) {
  struct sigevent event = {.sigev_notify = notify, .sigev_signo = kTold};
  event.sigev_value.sival_int = which;
  event._sigev_un._tid = tid;
  timer_t timer;
  CHECK(timer_create(clock, &event, &timer) == 0);
  return timer;
}

static void Arm(timer_t timer, int flags, struct timespec first, long each) {
  const struct itimerspec setting = {{0, each}, first};
  CHECK(timer_settime(timer, flags, &setting, NULL) == 0);
}

int main(void) {
  const struct sigaction action = {.sa_sigaction = OnTick,
                                   .sa_flags = SA_SIGINFO | SA_RESTART};
  sigaction(kTold, &action, NULL);
  const pthread_t helper = Start(Helper, NULL);
  Await(&helper_tid, 1);
  timer_t gap = Create(CLOCK_MONOTONIC, SIGEV_NONE, 0, 0);
  timer_t timers[kSilent + 3];
  for (int i = 0; i < kCount; ++i) {
    timers[i] = Create(kClocks[i], SIGEV_SIGNAL, i, 0);
    Arm(timers[i], 0, (struct timespec){0, 5 * kMs}, 5 * kMs);
  }
  timers[kCount] =
      Create(CLOCK_MONOTONIC, SIGEV_THREAD_ID, kCount, Get(&helper_tid));
  Arm(timers[kCount], 0, (struct timespec){0, 5 * kMs}, 5 * kMs);
  timers[kSilent] = Create(CLOCK_MONOTONIC, SIGEV_NONE, 0, 0);
  Arm(timers[kSilent], 0, (struct timespec){1000, 0}, 0);
  // To a moment, which stays; and for so much processor time.
  timers[kSilent + 1] = Create(CLOCK_REALTIME, SIGEV_NONE, 0, 0);
  const struct timespec moment = In(CLOCK_REALTIME, 1000000);
  Arm(timers[kSilent + 1], TIMER_ABSTIME, moment, 0);
  timers[kSilent + 2] = Create(CLOCK_PROCESS_CPUTIME_ID, SIGEV_NONE, 0, 0);
  const struct timespec used = In(CLOCK_PROCESS_CPUTIME_ID, 1000000);
  Arm(timers[kSilent + 2], TIMER_ABSTIME, used, 0);
  // An id that is free again: those after it stay.
  CHECK(timer_delete(gap) == 0);
  Ready();
  int generation = 0, seen[kCount + 1] = {0};
  for (int all = 0; !Go() || !all;) {
    if (checkpoint_generation() != generation) {
      generation = checkpoint_generation();
      for (int i = 0; i <= kCount; ++i) seen[i] = Get(&ticks[i]);
    }
    all = 1;
    for (int i = 0; i <= kCount; ++i) all &= Get(&ticks[i]) > seen[i];
  }
  CHECK(Get(&wrong_thread) == 0);
  struct itimerspec now;
  for (int i = 0; i <= kCount; ++i) {
    CHECK(timer_gettime(timers[i], &now) == 0);
    CHECK(now.it_interval.tv_nsec == 5 * kMs);
    CHECK(timer_getoverrun(timers[i]) >= 0);
  }
  CHECK(timer_gettime(timers[kSilent], &now) == 0);
  CHECK(now.it_value.tv_sec > 900 && now.it_value.tv_sec < 1000);
  CHECK(timer_gettime(timers[kSilent + 1], &now) == 0);
  const double left = now.it_value.tv_sec + now.it_value.tv_nsec * 1e-9;
  const double due = -Since(CLOCK_REALTIME, &moment);
  CHECK(left >= due && left - due < 0.5);
  CHECK(timer_gettime(timers[kSilent + 2], &now) == 0);
  const double rest = now.it_value.tv_sec + now.it_value.tv_nsec * 1e-9;
  const double wait = -Since(CLOCK_PROCESS_CPUTIME_ID, &used);
  CHECK(rest - wait > -1 && rest - wait < 1);
  for (int i = 0; i < kSilent + 3; ++i) CHECK(timer_delete(timers[i]) == 0);
  CHECK(timer_delete(timers[0]) == -1 && errno == EINVAL);
  Set(&finished, 1);
  Join(helper);
  return Done();
}
