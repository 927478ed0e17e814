// Intent: a handler that is changed while signals are on their way: each signal
// meets a handler that was arranged, with what its flags promise, and none runs
// the one with the other's. Under a storm of checkpoints and through restarts.
// RUN: %build_c
// RUN: %generations --interval 0.01 %t
// RUN: %generations --interval 0.01 --ids new %t
#include "behave.h"

static int got, plain, with_info;

static void Plain(int signal) {
  CHECK(signal == SIGUSR1);
  Count(&plain);
  Count(&got);
}

static void Info(int signal, siginfo_t* info, void* context) {
  sigset_t mask;
  CHECK(signal == SIGUSR1 && info->si_signo == signal && context != NULL);
  CHECK(info->si_code == SI_QUEUE && info->si_value.sival_int == 4711);
  CHECK(pthread_sigmask(SIG_BLOCK, NULL, &mask) == 0);
  CHECK(sigismember(&mask, SIGHUP));
  Count(&with_info);
  Count(&got);
}

static void* Change(void* unused) {
  struct sigaction info = {.sa_sigaction = Info, .sa_flags = SA_SIGINFO};
  const struct sigaction handler = {.sa_handler = Plain};
  struct sigaction old;
  sigset_t set;
  sigaddset(&info.sa_mask, SIGHUP);
  sigemptyset(&set);
  sigaddset(&set, SIGUSR1);
  CHECK(pthread_sigmask(SIG_BLOCK, &set, NULL) == 0);
  while (!Go() || Get(&plain) == 0 || Get(&with_info) == 0) {
    CHECK(sigaction(SIGUSR1, &info, &old) == 0);
    CHECK(old.sa_handler == Plain && !(old.sa_flags & SA_SIGINFO));
    CHECK(sigaction(SIGUSR1, &handler, &old) == 0);
    CHECK(old.sa_sigaction == Info && (old.sa_flags & SA_SIGINFO));
  }
  return unused;
}

int main(void) {
  const union sigval value = {.sival_int = 4711};
  const struct sigaction handler = {.sa_handler = Plain};
  CHECK(sigaction(SIGUSR1, &handler, NULL) == 0);
  const pthread_t thread = Start(Change, NULL);
  Ready();
  int sent = 0;
  do {
    CHECK(pthread_sigqueue(pthread_self(), SIGUSR1, value) == 0);
    CHECK(Get(&got) == ++sent);
  } while (!Go() || Get(&plain) == 0 || Get(&with_info) == 0);
  Join(thread);
  return Done();
}
