// Intent: sigsuspend, pause and sigwait are not ended by a checkpoint or a
// restart, only by the program's own signal.
// RUN: %build_c
// RUN: %generations %t
// RUN: %generations --ids new %t
#include "behave.h"

static int tids[3], ended, got;

static void OnSignal(int signal) {
  (void)signal;
  Count(&got);
}

static void* Suspend(void* argument) {
  sigset_t none;
  sigemptyset(&none);
  Set(argument, gettid());
  CHECK(sigsuspend(&none) == -1 && errno == EINTR);
  CHECK(Get(&got) >= 1);
  Count(&ended);
  return NULL;
}

static void* Wait(void* argument) {
  int signal;
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGUSR2);
  Set(argument, gettid());
  CHECK(sigwait(&set, &signal) == 0 && signal == SIGUSR2);
  Count(&ended);
  return NULL;
}

static void* Paused(void* argument) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGUSR1);
  Set(argument, gettid());
  pthread_sigmask(SIG_UNBLOCK, &set, NULL);
  CHECK(pause() == -1 && errno == EINTR);
  CHECK(Get(&got) >= 1);
  Count(&ended);
  return NULL;
}

int main(void) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGUSR1);
  sigaddset(&set, SIGUSR2);
  sigprocmask(SIG_BLOCK, &set, NULL);
  const struct sigaction action = {.sa_handler = OnSignal};
  sigaction(SIGUSR1, &action, NULL);
  const pthread_t suspend = Start(Suspend, &tids[0]);
  const pthread_t wait = Start(Wait, &tids[1]);
  const pthread_t paused = Start(Paused, &tids[2]);
  AwaitSyscall(&tids[0], 130);  // rt_sigsuspend
  AwaitSyscall(&tids[1], 128);  // rt_sigtimedwait
  AwaitSyscall(&tids[2], 34);   // pause
  LiveThroughRestarts();
  CHECK(Get(&ended) == 0 && Get(&got) == 0);
  CHECK(pthread_kill(suspend, SIGUSR1) == 0);
  CHECK(pthread_kill(paused, SIGUSR1) == 0);
  CHECK(pthread_kill(wait, SIGUSR2) == 0);
  Join(suspend);
  Join(wait);
  Join(paused);
  CHECK(ended == 3 && got == 2);
  return Done();
}
