// Intent: a jump buffer filled before the checkpoint is good after the restart,
// also sigsetjmp with its mask, and out of a signal handler.
// RUN: %build_c
// RUN: %generations %t
// RUN: %generations --ids new %t
#include <setjmp.h>

#include "behave.h"

static jmp_buf plain;
static sigjmp_buf with_mask;

static void OnSignal(int signal) { siglongjmp(with_mask, signal); }

__attribute__((noinline)) static void Leave(int depth) {
  volatile char frame[256];
  frame[0] = (char)depth;
  if (depth == 0) longjmp(plain, 5);
  Leave(depth - 1);
  CHECK(frame[0] == (char)depth);
}

int main(void) {
  sigset_t mask;
  volatile int rounds = 0;
  signal(SIGUSR1, OnSignal);
  const int jumped = setjmp(plain);
  if (jumped == 0) {
    const int signal = sigsetjmp(with_mask, 1);
    if (signal == 0) {
      LiveThroughRestarts();
      raise(SIGUSR1);
      CHECK(0);
    }
    CHECK(signal == SIGUSR1);
    CHECK(sigprocmask(SIG_BLOCK, NULL, &mask) == 0);
    CHECK(!sigismember(&mask, SIGUSR1));
    ++rounds;
    Leave(10);
  }
  CHECK(jumped == 5 && rounds == 1);
  return Done();
}
