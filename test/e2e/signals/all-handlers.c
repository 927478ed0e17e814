// Intent: a program that arranges a handler for every signal that there is, and
// blocks all of them: nothing is said, it is checkpointed all the same, and each
// handler runs. With -s the highest signal is its own, too.
// RUN: %build_c
// RUN: %generations --allow 'ckpt: signal 64 .* -s' %t
// RUN: %generations --ids new --allow 'ckpt: signal 64 .* -s' %t
// RUN: %t > %t.out 2>&1
// RUN: FileCheck %s --input-file %t.out
// RUN: %t 64 -- -s 50 > %t.out 2>&1
// RUN: FileCheck %s --input-file %t.out
// RUN: %t 64 -- -s USR2 > %t.out 2>&1
// RUN: FileCheck %s --input-file %t.out
// CHECK-NOT: ckpt:
// CHECK: OK 0
#include "behave.h"

static int got[65], arranged[65];

static void OnSignal(int signal) { Count(&got[signal]); }

int main(int argc, char** argv) {
  const struct sigaction action = {.sa_handler = OnSignal};
  for (int i = 1; i <= 64; ++i) {
    arranged[i] = sigaction(i, &action, NULL) == 0;
    CHECK(arranged[i] || errno == EINVAL);
  }
  CHECK(!arranged[SIGKILL] && !arranged[SIGSTOP] && !arranged[32]);
  CHECK(arranged[1] && arranged[31] && arranged[63]);
  /* These throw each other away while they wait. */
  arranged[SIGCONT] = arranged[SIGTSTP] = 0;
  arranged[SIGTTIN] = arranged[SIGTTOU] = 0;
  if (argc > 1) CHECK(arranged[atoi(argv[1])]);
  sigset_t all, none;
  sigfillset(&all);
  sigemptyset(&none);
  Ready();
  for (int round = 1; round == 1 || !Go(); ++round) {
    CHECK(pthread_sigmask(SIG_SETMASK, &all, NULL) == 0);
    for (int i = 1; i <= 64; ++i) {
      if (arranged[i]) CHECK(kill(getpid(), i) == 0);
    }
    Pause();
    for (int i = 1; i <= 64; ++i) CHECK(got[i] == (round - 1) * arranged[i]);
    CHECK(pthread_sigmask(SIG_SETMASK, &none, NULL) == 0);
    for (int i = 1; i <= 64; ++i) CHECK(got[i] == round * arranged[i]);
  }
  return Done();
}
