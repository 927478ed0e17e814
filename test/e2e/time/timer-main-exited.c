// Intent: timers of a process whose main thread has ended go on after restarts,
// by a signal to the process and by one to a thread that is left.
// RUN: %build_c
// RUN: %generations %t
// RUN: %generations --ids ns %t
// RUN: %generations --ids new %t
#include <sys/time.h>

#include "behave.h"

enum { kTold = 40, kMs = 1000000 };

static int process_ticks, thread_ticks, alarms;

static void OnTick(int signal, siginfo_t* info, void* context) {
  (void)context;
  if (signal == SIGALRM) {
    Count(&alarms);
  } else {
    Count(info->si_value.sival_ptr);
  }
}

static timer_t Create(int notify, int* counter) {
  struct sigevent event = {.sigev_notify = notify, .sigev_signo = kTold};
  event.sigev_value.sival_ptr = counter;
  event._sigev_un._tid = gettid();
  timer_t timer;
  CHECK(timer_create(CLOCK_MONOTONIC, &event, &timer) == 0);
  const struct itimerspec setting = {{0, 5 * kMs}, {0, 5 * kMs}};
  CHECK(timer_settime(timer, 0, &setting, NULL) == 0);
  return timer;
}

static void AwaitEndOfMain(void) {
  for (;;) {  // until its state is "Z"
    char text[512] = "", path[64];
    snprintf(path, sizeof(path), "/proc/self/task/%d/stat", getpid());
    const int stat = open(path, O_RDONLY);
    CHECK(stat >= 0 && read(stat, text, sizeof(text) - 1) > 0);
    close(stat);
    if (strncmp(strrchr(text, ')'), ") Z", 3) == 0) break;
    Pause();
  }
}

static void* Other(void* unused) {
  (void)unused;
  AwaitEndOfMain();
  const timer_t process = Create(SIGEV_SIGNAL, &process_ticks);
  const timer_t thread = Create(SIGEV_THREAD_ID, &thread_ticks);
  const struct itimerval span = {{0, 5000}, {0, 5000}};
  CHECK(setitimer(ITIMER_REAL, &span, NULL) == 0);
  Ready();
  int generation = 0, seen[3] = {0};
  while (!Go() || Get(&process_ticks) <= seen[0] ||
         Get(&thread_ticks) <= seen[1] || Get(&alarms) <= seen[2]) {
    Pause();
    if (checkpoint_generation() == generation) continue;
    generation = checkpoint_generation();
    seen[0] = Get(&process_ticks);
    seen[1] = Get(&thread_ticks);
    seen[2] = Get(&alarms);
  }
  CHECK(timer_delete(process) == 0 && timer_delete(thread) == 0);
  Done();
  exit(0);
}

int main(void) {
  struct sigaction action = {.sa_sigaction = OnTick,
                             .sa_flags = SA_RESTART | SA_SIGINFO};
  CHECK(sigaction(kTold, &action, NULL) == 0);
  CHECK(sigaction(SIGALRM, &action, NULL) == 0);
  Start(Other, NULL);
  pthread_exit(NULL);
}
