// Intent: handlers that are left by siglongjmp, out of system calls that wait
// and out of computation, under a storm of checkpoints and through restarts: the
// mask is the saved one each time, and no call is made again behind the jump.
// RUN: %build_c
// RUN: %generations --interval 0.01 %t
// RUN: %generations --interval 0.01 --ids new %t
#include "behave.h"

#include <setjmp.h>

static __thread sigjmp_buf back;
static __thread volatile int armed;
static int ends[2], rounds[2];

static void OnSignal(int signal) {
  CHECK(signal == SIGUSR1);
  if (armed) {
    armed = 0;
    siglongjmp(back, 1);
  }
}

static int Blocks(int signal) {
  sigset_t mask;
  CHECK(pthread_sigmask(SIG_BLOCK, NULL, &mask) == 0);
  return sigismember(&mask, signal);
}

static void* Body(void* argument) {
  int* round = argument;
  do {
    volatile int jumped = 0;
    if (sigsetjmp(back, 1) != 0) jumped = 1;
    CHECK(!Blocks(SIGUSR1));
    if (!jumped) {
      char c;
      armed = 1;
      if (round == &rounds[0]) {
        const ssize_t n = read(ends[0], &c, 1);
        CHECK(n == -1 && errno == EINTR); /* the signal found it unarmed */
      } else {
        for (volatile int i = 0; armed && i < 1 << 20; ++i) {
        }
      }
      armed = 0;
    }
    Count(round);
  } while (!Go());
  return NULL;
}

int main(void) {
  const struct sigaction action = {.sa_handler = OnSignal};
  CHECK(sigaction(SIGUSR1, &action, NULL) == 0);
  CHECK(pipe(ends) == 0);
  pthread_t threads[2];
  for (int i = 0; i < 2; ++i) threads[i] = Start(Body, &rounds[i]);
  Ready();
  for (;;) {
    const int go = Go();
    const int before = Get(&rounds[0]);
    if (go && pthread_tryjoin_np(threads[0], NULL) == 0) break;
    CHECK(pthread_kill(threads[0], SIGUSR1) == 0);
    if (pthread_kill(threads[1], SIGUSR1) != 0) CHECK(go);
    if (!go && before == Get(&rounds[0])) Pause();
  }
  Join(threads[1]);
  CHECK(rounds[0] > 2 && rounds[1] > 2);
  return Done();
}
