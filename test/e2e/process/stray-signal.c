// Intent: the stop signal and that of -x, which a forked child gets from
// anybody, do it no harm: the one is nothing to it, the other is its own.
// RUN: %build_c
// RUN: rm -rf %t.dir && mkdir %t.dir
// RUN: %run %t -- -s USR2 -x HUP -t 0.002 -k 1 -d %t.dir
// RUN: %build_c -static
// RUN: %run %t -- -s USR2 -x HUP -t 0.002 -k 1 -d %t.dir
#include <sys/syscall.h>
#include <sys/wait.h>

#include "behave.h"

static int hangups;

static void OnHangup(int signal) {
  (void)signal;
  Count(&hangups);
}

static void* Idle(void* stop) {
  while (!Get(stop)) Pause();
  return NULL;
}

static int Child(void) {
  for (int i = 0; i < 50; ++i) {
    // Not by itself; its parent sends it meanwhile.
    CHECK(kill(getpid(), SIGUSR2) == -1 && errno == EINVAL);
    CHECK(kill(getpid(), SIGHUP) == 0);
  }
  CHECK(Get(&hangups) == 50);
  int stop = 0;
  const pthread_t thread = Start(Idle, &stop);
  CHECK(pthread_kill(thread, SIGUSR2) == EINVAL);
  Set(&stop, 1);
  Join(thread);
  return 0;
}

int main(void) {
  const struct sigaction action = {.sa_handler = OnHangup};
  CHECK(sigaction(SIGHUP, &action, NULL) == 0);
  int stop = 0;
  const pthread_t thread = Start(Idle, &stop);
  for (int turn = 0; turn < 30; ++turn) {
    int status;
    // The forks of the C library, one that no hook sees, and a vfork.
    for (int way = 0; way < 4; ++way) {
      const pid_t child = way == 0   ? fork()
                          : way == 1 ? _Fork()
                          : way == 2 ? (pid_t)syscall(SYS_fork)
                                     : vfork();
      CHECK(child >= 0);
      if (child == 0 && way == 0) exit(Child());
      if (child == 0) {
        for (int i = 0; i < 20; ++i) {
          syscall(SYS_tgkill, syscall(SYS_getpid), syscall(SYS_gettid),
                  SIGUSR2);
        }
        if (way != 1) _exit(0);
        kill(getpid(), SIGHUP);
        _exit(Get(&hangups) == 1 ? 0 : 1);
      }
      for (int i = 0; i < 20 && way < 3; ++i) {
        // As anybody, and as `ckpt now` sends it.
        union sigval nonce = {.sival_ptr = &status};
        CHECK(kill(child, SIGUSR2) == 0);
        CHECK(sigqueue(child, SIGUSR2, nonce) == 0 || errno == EAGAIN);
      }
      CHECK(waitpid(child, &status, 0) == child);
      CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    }
  }
  CHECK(Get(&hangups) == 0);
  Set(&stop, 1);
  Join(thread);
  return 0;
}
