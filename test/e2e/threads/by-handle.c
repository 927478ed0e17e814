// Intent: what the C library does to a thread by its handle reaches the thread
// after the restart, whatever the kernel calls it: signals with and without a
// value, its clock, name, processors and scheduling.
// RUN: %build_c
// RUN: %generations %t
// RUN: %generations --ids ns %t
// RUN: %generations --ids new %t
#include "behave.h"

static pthread_t self_of_other;
static int got, value_got, idle, over;

static void OnSignal(int signal, siginfo_t* info, void* unused) {
  (void)unused;
  CHECK(pthread_equal(pthread_self(), self_of_other));
  if (signal == SIGUSR2) Set(&value_got, info->si_value.sival_int);
  Count(&got);
}

static void* Other(void* unused) {
  self_of_other = pthread_self();
  Set(&idle, 1);
  while (Get(&over) == 0) Pause();
  // Its own, by raise.
  const int before = Get(&got);
  CHECK(raise(SIGUSR1) == 0);
  CHECK(Get(&got) == before + 1);
  return unused;
}

static void Check(pthread_t other) {
  int signals = Get(&got);
  static int value = 1000;
  CHECK(pthread_kill(other, SIGUSR1) == 0);
  Await(&got, ++signals);
  const union sigval v = {.sival_int = ++value};
  CHECK(pthread_sigqueue(other, SIGUSR2, v) == 0);
  Await(&got, ++signals);
  CHECK(Get(&value_got) == value);

  clockid_t clock;
  struct timespec used;
  CHECK(pthread_getcpuclockid(other, &clock) == 0);
  CHECK(clock_gettime(clock, &used) == 0);

  char name[16], wanted[16];
  snprintf(wanted, sizeof(wanted), "other %d", value);
  CHECK(pthread_setname_np(other, wanted) == 0);
  CHECK(pthread_getname_np(other, name, sizeof(name)) == 0);
  CHECK(strcmp(name, wanted) == 0);
  CHECK(pthread_getname_np(pthread_self(), name, sizeof(name)) == 0);
  CHECK(strncmp(name, "other", 5) != 0);

  cpu_set_t set, read;
  CPU_ZERO(&set);
  CPU_SET(0, &set);
  CHECK(pthread_setaffinity_np(other, sizeof(set), &set) == 0);
  CHECK(pthread_getaffinity_np(other, sizeof(read), &read) == 0);
  CHECK(CPU_EQUAL(&set, &read));

  int policy;
  struct sched_param parameters = {.sched_priority = 0};
  CHECK(pthread_setschedparam(other, SCHED_BATCH, &parameters) == 0);
  CHECK(pthread_getschedparam(other, &policy, &parameters) == 0);
  CHECK(policy == SCHED_BATCH && parameters.sched_priority == 0);
  CHECK(pthread_setschedparam(other, SCHED_OTHER, &parameters) == 0);
  CHECK(pthread_setschedprio(other, 0) == 0);
}

int main(void) {
  const struct sigaction action = {.sa_sigaction = OnSignal,
                                   .sa_flags = SA_SIGINFO | SA_RESTART};
  CHECK(sigaction(SIGUSR1, &action, NULL) == 0);
  CHECK(sigaction(SIGUSR2, &action, NULL) == 0);
  const pthread_t other = Start(Other, NULL);
  Await(&idle, 1);
  Check(other);
  LiveThroughRestarts();
  Check(other);
  Set(&over, 1);
  Join(other);
  return Done();
}
