// Intent: what the program has arranged for a signal, by whichever call, it
// reads back by whichever call, before and after a restart: handler, flags, and
// the whole mask.
// RUN: %build_c -Wno-deprecated-declarations
// RUN: %generations %t
// RUN: %generations --ids new %t
// RUN: %build_c -static -Wno-deprecated-declarations
// RUN: %generations %t
#include "behave.h"

#include <sys/syscall.h>

struct KernelAction {
  sighandler_t handler;
  unsigned long flags;
  void (*restorer)(void);
  unsigned long mask;
};

static int got;

static void One(int signal) {
  CHECK(signal != 0);
  Count(&got);
}
static void Two(int signal) { One(signal); }
static void Info(int signal, siginfo_t* info, void* context) {
  CHECK(info->si_signo == signal && context != NULL);
  Count(&got);
}

static struct sigaction Now(int signal) {
  struct sigaction now;
  CHECK(sigaction(signal, NULL, &now) == 0);
  now.sa_flags &= ~0x04000000; /* SA_RESTORER */
  return now;
}

static void Raise(int signal) {
  const int before = Get(&got);
  CHECK(raise(signal) == 0);
  CHECK(Get(&got) == before + 1);
}

static void CheckFull(const sigset_t* set) {
  for (int i = 1; i <= 64; ++i) {
    if (i == SIGKILL || i == SIGSTOP || i == 32 || i == 33) continue;
    CHECK(sigismember(set, i) == 1);
  }
}

static void Round(void) {
  struct KernelAction raw;
  struct sigaction action = {.sa_sigaction = Info,
                             .sa_flags = SA_SIGINFO | SA_RESTART | SA_NODEFER};
  sigfillset(&action.sa_mask);
  CHECK(sigaction(SIGUSR1, &action, NULL) == 0);
  struct sigaction now = Now(SIGUSR1);
  CHECK(now.sa_sigaction == Info);
  CHECK(now.sa_flags == (SA_SIGINFO | SA_RESTART | SA_NODEFER));
  CheckFull(&now.sa_mask);
  /* What it reads it can set. */
  CHECK(sigaction(SIGUSR1, &now, &action) == 0);
  CHECK(action.sa_sigaction == Info);
  CheckFull(&action.sa_mask);
  Raise(SIGUSR1);

  CHECK(syscall(SYS_rt_sigaction, SIGUSR1, NULL, &raw, 8) == 0);
  CHECK((uintptr_t)raw.handler == (uintptr_t)Info && raw.mask >> 63 == 1);
  raw.handler = Two;
  raw.flags &= ~(unsigned long)SA_SIGINFO;
  CHECK(syscall(SYS_rt_sigaction, SIGUSR1, &raw, NULL, 8) == 0);
  now = Now(SIGUSR1);
  CHECK(now.sa_handler == Two && now.sa_flags == (SA_RESTART | SA_NODEFER));
  CheckFull(&now.sa_mask);
  Raise(SIGUSR1);

  CHECK(signal(SIGUSR1, One) == Two);
  CHECK(Now(SIGUSR1).sa_flags == SA_RESTART);
  Raise(SIGUSR1);
  CHECK(siginterrupt(SIGUSR1, 1) == 0);
  CHECK(Now(SIGUSR1).sa_flags == 0 && Now(SIGUSR1).sa_handler == One);
  CHECK(signal(SIGUSR1, Two) == One && Now(SIGUSR1).sa_flags == 0);
  CHECK(siginterrupt(SIGUSR1, 0) == 0);
  CHECK(Now(SIGUSR1).sa_flags == SA_RESTART && Now(SIGUSR1).sa_handler == Two);
  CHECK(ssignal(SIGUSR1, One) == Two);
  CHECK(sigset(SIGUSR1, Two) == One && Now(SIGUSR1).sa_flags == 0);
  Raise(SIGUSR1);
  CHECK(sysv_signal(SIGUSR1, One) == Two);
  Raise(SIGUSR1);
  CHECK(Now(SIGUSR1).sa_handler == SIG_DFL); /* it was for once */
  CHECK(signal(SIGUSR1, SIG_IGN) == SIG_DFL && raise(SIGUSR1) == 0);
  CHECK(signal(SIGUSR1, SIG_ERR) == SIG_ERR && errno == EINVAL);
  CHECK(sigignore(SIGUSR1) == 0 && Now(SIGUSR1).sa_handler == SIG_IGN);
  CHECK(sigset(SIGUSR1, SIG_HOLD) == SIG_IGN);
  CHECK(sigset(SIGUSR1, One) == SIG_HOLD);
  Raise(SIGUSR1);
}

int main(void) {
  struct sigaction kept = {.sa_sigaction = Info,
                           .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_RESETHAND};
  sigfillset(&kept.sa_mask);
  CHECK(sigaction(SIGUSR2, &kept, NULL) == 0);
  Ready();
  do {
    Round();
    const struct sigaction now = Now(SIGUSR2);
    CHECK(now.sa_sigaction == Info);
    CHECK(now.sa_flags == (SA_SIGINFO | SA_ONSTACK | (int)SA_RESETHAND));
    CheckFull(&now.sa_mask);
    Pause();
  } while (!Go());
  Raise(SIGUSR2);
  CHECK(Now(SIGUSR2).sa_handler == SIG_DFL);
  return Done();
}
