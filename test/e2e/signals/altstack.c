// Intent: each thread's alternate signal stack is set after a restart, and a
// handler runs on it; also while a handler was on it at the checkpoint.
// RUN: %build_c
// RUN: %generations %t
// RUN: %generations --ids new %t
#include "behave.h"

enum { kSize = 64 << 10 };

static char stacks[2][kSize];
static __thread int which;
static int inside, rounds;

static int OnStack(const void* at) {
  return (const char*)at >= stacks[which] &&
         (const char*)at < stacks[which] + kSize;
}

static void OnSignal(int signal) {
  char here;
  CHECK(OnStack(&here));
  if (signal == SIGUSR1) {
    Set(&inside, 1);
    AwaitGo();
    CHECK(OnStack(&here));
  }
  Count(&rounds);
}

static void SetStack(int number) {
  which = number;
  const stack_t stack = {.ss_sp = stacks[number], .ss_size = kSize};
  CHECK(sigaltstack(&stack, NULL) == 0);
}

static void* Body(void* unused) {
  SetStack(1);
  CHECK(pthread_kill(pthread_self(), SIGUSR1) == 0);
  return unused;
}

int main(void) {
  stack_t now;
  const struct sigaction action = {.sa_handler = OnSignal,
                                   .sa_flags = SA_ONSTACK};
  sigaction(SIGUSR1, &action, NULL);
  sigaction(SIGUSR2, &action, NULL);
  SetStack(0);
  const pthread_t thread = Start(Body, NULL);
  Await(&inside, 1);
  Ready();
  do {
    CHECK(pthread_kill(pthread_self(), SIGUSR2) == 0);
    CHECK(sigaltstack(NULL, &now) == 0);
    CHECK(now.ss_sp == stacks[0] && now.ss_flags == 0 && now.ss_size == kSize);
    Pause();
  } while (!Go());
  Join(thread);
  return Done();
}
