// Intent: signals that threads send to themselves and each other without a pause,
// by every call that does, all arrive, and threads that are cancelled end,
// whatever instruction a checkpoint falls on.
// RUN: %build_c
// RUN: %generations --generations 6 %t
// RUN: %generations --generations 12 --ids new %t
#include "behave.h"

enum { kThreads = 3 };

static pthread_t threads[kThreads];
static __thread int got;
static int arrived[kThreads];
static __thread int number;

static void OnSignal(int signal) {
  CHECK(signal == SIGUSR1 || signal == SIGUSR2);
  if (signal == SIGUSR1) ++got;
  if (signal == SIGUSR2) Count(&arrived[number]);
}

static void* Cancelled(void* unused) {
  for (;;) poll(NULL, 0, 1000);
  return unused;
}

static void* Body(void* argument) {
  number = (int)(long)argument;
  const pid_t pid = getpid(), tid = gettid();
  const int next = (number + 1) % kThreads;
  while (threads[next] == 0) Pause();
  while (!Go()) {
    got = 0;
    CHECK(raise(SIGUSR1) == 0 && got == 1);
    CHECK(tgkill(pid, tid, SIGUSR1) == 0 && got == 2);
    CHECK(pthread_kill(pthread_self(), SIGUSR1) == 0 && got == 3);
    const union sigval value = {.sival_int = number};
    CHECK(pthread_sigqueue(pthread_self(), SIGUSR1, value) == 0 && got == 4);
    const int before = Get(&arrived[next]);
    CHECK(pthread_kill(threads[next], SIGUSR2) == 0);
    while (Get(&arrived[next]) == before && !Go()) Pause();
    const pthread_t victim = Start(Cancelled, NULL);
    CHECK(pthread_cancel(victim) == 0);
    CHECK(Join(victim) == PTHREAD_CANCELED);
  }
  return NULL;
}

int main(void) {
  const struct sigaction action = {.sa_handler = OnSignal,
                                   .sa_flags = SA_RESTART};
  sigaction(SIGUSR1, &action, NULL);
  sigaction(SIGUSR2, &action, NULL);
  for (long i = 0; i < kThreads; ++i) {
    const pthread_t thread = Start(Body, (void*)i);
    __atomic_store_n(&threads[i], thread, __ATOMIC_SEQ_CST);
  }
  LiveThroughRestarts();
  for (int i = 0; i < kThreads; ++i) Join(threads[i]);
  return Done();
}
