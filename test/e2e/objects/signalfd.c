// Intent: signalfds keep their mask over restarts; a signal that waits is read
// from one; a thread that waits in read gets what is sent later.
// RUN: %build_c
// RUN: %generations --ids same %t
// RUN: %generations --ids ns %t
// RUN: %generations --ids new %t
// RUN: %generations --ids new --user nobody %t
#include <sys/signalfd.h>

#include "behave.h"

static int waited;

static void* Wait(void* tid) {
  struct signalfd_siginfo info;
  Set(tid, gettid());
  CHECK(read(waited, &info, sizeof(info)) == sizeof(info));
  CHECK(info.ssi_signo == SIGUSR2);
  return NULL;
}

int main(void) {
  static int tid;
  struct signalfd_siginfo info;
  sigset_t one, two, both;
  sigemptyset(&one);
  sigaddset(&one, SIGUSR1);
  sigemptyset(&two);
  sigaddset(&two, SIGUSR2);
  both = two;
  sigaddset(&both, SIGUSR1);
  CHECK(pthread_sigmask(SIG_BLOCK, &both, NULL) == 0);
  const int first = signalfd(-1, &one, SFD_NONBLOCK);
  waited = signalfd(-1, &two, 0);
  CHECK(first >= 0 && waited >= 0);
  const pthread_t thread = Start(Wait, &tid);
  AwaitSyscall(&tid, 0);
  CHECK(kill(getpid(), SIGUSR1) == 0);
  LiveThroughRestarts();
  CHECK(read(first, &info, sizeof(info)) == sizeof(info));
  CHECK(info.ssi_signo == SIGUSR1);
  CHECK(read(first, &info, sizeof(info)) == -1 && errno == EAGAIN);
  CHECK(kill(getpid(), SIGUSR2) == 0);
  Join(thread);
  return Done();
}
