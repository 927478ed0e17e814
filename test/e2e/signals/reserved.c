// Intent: the signal that stops the threads is nobody's in the program: calls
// that name it fail as for the C library's own, and one line says what to do.
// RUN: %build_c
// RUN: %generations --allow 'ckpt: signal 64 .* choose another one with -s' %t
// RUN: %t > %t.out 2>&1
// RUN: FileCheck %s --input-file %t.out
// CHECK: ckpt: signal 64 stops the threads for checkpoints and cannot be the {{.*}} -s
// CHECK-NOT: ckpt:
#include "behave.h"

#include <sys/syscall.h>

static void Never(int signal) {
  (void)signal;
  CHECK(0);
}

static void Round(void) {
  struct sigaction action = {.sa_handler = Never};
  const union sigval value = {.sival_int = 7};
  sigset_t set, mask;
  CHECK(SIGRTMAX == 63);
  CHECK(sigaction(64, &action, NULL) == -1 && errno == EINVAL);
  CHECK(sigaction(64, NULL, &action) == -1 && errno == EINVAL);
  CHECK(signal(64, Never) == SIG_ERR && errno == EINVAL);
  CHECK(syscall(SYS_rt_sigaction, 64, NULL, NULL, 8) == -1 && errno == EINVAL);
  CHECK(raise(64) == -1 && errno == EINVAL);
  CHECK(kill(getpid(), 64) == -1 && errno == EINVAL);
  CHECK(pthread_kill(pthread_self(), 64) == EINVAL);
  CHECK(sigqueue(getpid(), 64, value) == -1 && errno == EINVAL);
  CHECK(pthread_sigqueue(pthread_self(), 64, value) == EINVAL);
  sigfillset(&set);
  CHECK(pthread_sigmask(SIG_SETMASK, &set, NULL) == 0);
  CHECK(pthread_sigmask(SIG_SETMASK, NULL, &mask) == 0);
  CHECK(sigismember(&mask, 63) == 1 && sigismember(&mask, 64) == 0);
  sigemptyset(&set);
  CHECK(pthread_sigmask(SIG_SETMASK, &set, NULL) == 0);
}

int main(void) {
  Ready();
  do {
    Round();
    Pause();
  } while (!Go());
  return Done();
}
