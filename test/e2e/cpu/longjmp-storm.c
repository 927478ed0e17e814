// Intent: jumps out of deep frames and out of signal handlers, thousands of them
// round checkpoints and restarts, arrive with the right values, frames and mask.
// RUN: %build_c
// RUN: %generations --interval 0.01 --generations 4 %t
// RUN: %generations --interval 0.01 --generations 4 --ids ns %t
// RUN: %generations --interval 0.01 --generations 4 --ids new %t
#include <setjmp.h>

#include "behave.h"

enum { kThreads = 3 };

static __thread sigjmp_buf target;
static __thread volatile long jumped;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static long locked;

static void OnSignal(int signal) {
  ++jumped;
  siglongjmp(target, signal);
}

__attribute__((noinline)) static void Leave(int depth, jmp_buf buffer) {
  volatile char frame[128];
  frame[127] = (char)depth;
  if (depth == 0) longjmp(buffer, 7);
  Leave(depth - 1, buffer);
  CHECK(frame[127] == (char)depth);
}

static void* Worker(void* unused) {
  volatile long rounds = 0;
  sigset_t mask;
  do {
    jmp_buf plain;
    const int how = setjmp(plain);
    if (how == 0) Leave(20, plain);
    CHECK(how == 7);
    const int signal = sigsetjmp(target, 1);
    if (signal == 0) {
      CHECK(raise(SIGUSR1) == 0);
      CHECK(!"reached");
    }
    CHECK(signal == SIGUSR1 && jumped == rounds + 1);
    CHECK(pthread_sigmask(SIG_BLOCK, NULL, &mask) == 0);
    CHECK(!sigismember(&mask, SIGUSR1));
    CHECK(pthread_mutex_lock(&mutex) == 0);
    ++locked;
    CHECK(pthread_mutex_unlock(&mutex) == 0);
    ++rounds;
  } while (rounds % 16 != 0 || !Go());
  CHECK(pthread_mutex_lock(&mutex) == 0);
  locked -= rounds;
  CHECK(pthread_mutex_unlock(&mutex) == 0);
  return unused;
}

int main(void) {
  pthread_t threads[kThreads];
  const struct sigaction action = {.sa_handler = OnSignal};
  CHECK(sigaction(SIGUSR1, &action, NULL) == 0);
  for (int i = 0; i < kThreads; ++i) threads[i] = Start(Worker, NULL);
  Ready();
  for (int i = 0; i < kThreads; ++i) Join(threads[i]);
  CHECK(locked == 0);
  return Done();
}
