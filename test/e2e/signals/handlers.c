// Intent: handlers, their masks and flags, the mask of each thread and ignored
// signals are as before after a restart.
// RUN: %build_c
// RUN: %generations %t
// RUN: %generations --ids new %t
#include "behave.h"

static int got_info, got_plain;

static void OnInfo(int signal, siginfo_t* info, void* context) {
  sigset_t mask;
  CHECK(signal == SIGUSR1 && info->si_signo == SIGUSR1 && context != NULL);
  CHECK(pthread_sigmask(SIG_BLOCK, NULL, &mask) == 0);
  CHECK(sigismember(&mask, SIGHUP) && sigismember(&mask, SIGUSR1));
  CHECK(!sigismember(&mask, SIGUSR2));
  Count(&got_info);
}

static void OnPlain(int signal) {
  CHECK(signal == SIGRTMIN + 3);
  Count(&got_plain);
}

static void* Body(void* unused) {
  sigset_t set, mask;
  sigemptyset(&set);
  sigaddset(&set, SIGUSR1);
  sigaddset(&set, SIGRTMIN + 3);
  pthread_sigmask(SIG_BLOCK, &set, NULL);
  while (!Go()) {
    CHECK(pthread_sigmask(SIG_BLOCK, NULL, &mask) == 0);
    for (int i = 1; i <= SIGRTMAX; ++i) {
      const int blocked = i == SIGUSR1 || i == SIGRTMIN + 3;
      CHECK(sigismember(&mask, i) == blocked || (i > 31 && i < SIGRTMIN));
    }
    Pause();
  }
  return unused;
}

int main(void) {
  struct sigaction info = {.sa_sigaction = OnInfo,
                           .sa_flags = SA_SIGINFO | SA_RESTART};
  struct sigaction plain = {.sa_handler = OnPlain, .sa_flags = SA_RESETHAND};
  struct sigaction now;
  sigemptyset(&info.sa_mask);
  sigaddset(&info.sa_mask, SIGHUP);
  sigaction(SIGUSR1, &info, NULL);
  sigaction(SIGRTMIN + 3, &plain, NULL);
  signal(SIGPIPE, SIG_IGN);
  const pthread_t thread = Start(Body, NULL);
  Ready();
  for (int sent = 0; !Go();) {
    CHECK(kill(getpid(), SIGUSR1) == 0);
    Await(&got_info, ++sent);
    CHECK(kill(getpid(), SIGPIPE) == 0);
    CHECK(sigaction(SIGUSR1, NULL, &now) == 0);
    CHECK(now.sa_sigaction == OnInfo && sigismember(&now.sa_mask, SIGHUP));
    CHECK((now.sa_flags & ~0x04000000) == (SA_SIGINFO | SA_RESTART));
    Pause();
  }
  CHECK(kill(getpid(), SIGRTMIN + 3) == 0);
  Await(&got_plain, 1);
  CHECK(sigaction(SIGRTMIN + 3, NULL, &now) == 0);
  CHECK(now.sa_handler == SIG_DFL);
  CHECK(sigaction(SIGPIPE, NULL, &now) == 0 && now.sa_handler == SIG_IGN);
  Join(thread);
  return Done();
}
