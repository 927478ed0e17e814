// clocks.c - clocks that never go back, deadlines on them that come in time.
#include <sys/syscall.h>
#include <sys/timerfd.h>

#include "behave.h"

static const clockid_t clocks[] = {CLOCK_MONOTONIC,     CLOCK_BOOTTIME,
                                   CLOCK_MONOTONIC_RAW, CLOCK_MONOTONIC_COARSE,
                                   CLOCK_PROCESS_CPUTIME_ID};
enum { kClocks = sizeof(clocks) / sizeof(clocks[0]), kTold = 40 };

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static int stop;

static int64_t Read(clockid_t clock) {
  struct timespec t;
  CHECK(clock_gettime(clock, &t) == 0);
  return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void* Watch(void* unused) {
  int64_t last[kClocks] = {0}, own_cpu = 0;
  while (!Get(&stop)) {
    for (int i = 0; i < kClocks; ++i) {
      const int64_t now = Read(clocks[i]);
      CHECK(now >= last[i]);
      struct timespec by_number;
      CHECK(syscall(SYS_clock_gettime, clocks[i], &by_number) == 0);
      last[i] =
          (int64_t)by_number.tv_sec * 1000000000 + by_number.tv_nsec;
      CHECK(last[i] >= now);
    }
    const int64_t cpu = Read(CLOCK_THREAD_CPUTIME_ID);
    CHECK(cpu >= own_cpu);
    own_cpu = cpu;
    Pause();
  }
  return unused;
}

// Waits again and again; a deadline that has been left behind by its clock
// would be waited for for hours.
static void* Condition(void* unused) {
  pthread_cond_t condition;
  pthread_condattr_t a;
  pthread_condattr_init(&a);
  pthread_condattr_setclock(&a, CLOCK_MONOTONIC);
  pthread_cond_init(&condition, &a);
  pthread_mutex_lock(&mutex);
  while (!Get(&stop)) {
    const struct timespec deadline = In(CLOCK_MONOTONIC, 200);
    CHECK(pthread_cond_timedwait(&condition, &mutex, &deadline) == ETIMEDOUT);
    CHECK(Read(CLOCK_MONOTONIC) >=
          (int64_t)deadline.tv_sec * 1000000000 + deadline.tv_nsec);
  }
  pthread_mutex_unlock(&mutex);
  return unused;
}

static void* Sleep(void* unused) {
  while (!Get(&stop)) {
    const struct timespec deadline = In(CLOCK_BOOTTIME, 200);
    CHECK(clock_nanosleep(CLOCK_BOOTTIME, TIMER_ABSTIME, &deadline, NULL) == 0);
  }
  return unused;
}

// Moments for a timerfd and for a POSIX timer.
static void* Timers(void* unused) {
  const int fd = timerfd_create(CLOCK_BOOTTIME, TFD_CLOEXEC);
  CHECK(fd >= 0);
  struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = kTold};
  timer_t timer;
  CHECK(timer_create(CLOCK_MONOTONIC, &event, &timer) == 0);
  sigset_t told;
  sigemptyset(&told);
  sigaddset(&told, kTold);
  while (!Get(&stop)) {
    struct itimerspec setting = {.it_value = In(CLOCK_BOOTTIME, 100)};
    CHECK(timerfd_settime(fd, TFD_TIMER_ABSTIME, &setting, NULL) == 0);
    uint64_t count;
    CHECK(read(fd, &count, sizeof(count)) == sizeof(count) && count == 1);
    CHECK(Since(CLOCK_BOOTTIME, &setting.it_value) >= 0);
    setting.it_value = In(CLOCK_MONOTONIC, 100);
    CHECK(timer_settime(timer, TIMER_ABSTIME, &setting, NULL) == 0);
    int signal;
    CHECK(sigwait(&told, &signal) == 0 && signal == kTold);
    CHECK(Since(CLOCK_MONOTONIC, &setting.it_value) >= 0);
  }
  return unused;
}

int main(void) {
  sigset_t told;
  sigemptyset(&told);
  sigaddset(&told, kTold);
  CHECK(pthread_sigmask(SIG_BLOCK, &told, NULL) == 0);
  const pthread_t threads[] = {Start(Watch, NULL), Start(Condition, NULL),
                               Start(Sleep, NULL), Start(Timers, NULL)};
  LiveThroughRestarts();
  Set(&stop, 1);
  for (int i = 0; i < 4; ++i) Join(threads[i]);
  return Done();
}
