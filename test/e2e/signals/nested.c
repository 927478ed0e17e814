// Intent: handlers three levels deep, each on top of the last, one of them on an
// alternate stack and one on top of a system call that it will end: a checkpoint
// and a restart leave frames, masks and the order of their ends as they are.
// RUN: %build_c
// RUN: %generations %t
// RUN: %generations --ids new %t
#include "behave.h"

static char stack[256 << 10];
static int depth, ends[4], end_count, tid;

static int Blocks(int signal) {
  sigset_t mask;
  CHECK(pthread_sigmask(SIG_BLOCK, NULL, &mask) == 0);
  return sigismember(&mask, signal);
}

static void Third(int signal) {
  char here;
  CHECK(signal == SIGTERM);
  CHECK(&here > stack && &here < stack + sizeof(stack));
  Set(&depth, 3);
  AwaitGo();
  CHECK(Blocks(SIGUSR1) && Blocks(SIGUSR2) && Blocks(SIGTERM));
  CHECK(Blocks(SIGHUP)); /* the second one's sa_mask */
  ends[end_count++] = 3;
}

static void Second(int signal) {
  CHECK(signal == SIGUSR2);
  CHECK(raise(SIGTERM) == 0);
  CHECK(Blocks(SIGUSR1) && Blocks(SIGUSR2) && !Blocks(SIGTERM));
  ends[end_count++] = 2;
}

static void First(int signal) {
  CHECK(signal == SIGUSR1);
  CHECK(raise(SIGUSR2) == 0);
  CHECK(Blocks(SIGUSR1) && !Blocks(SIGUSR2) && !Blocks(SIGHUP));
  ends[end_count++] = 1;
}

static void* Body(void* unused) {
  const stack_t own = {.ss_sp = stack, .ss_size = sizeof(stack)};
  CHECK(sigaltstack(&own, NULL) == 0);
  Set(&tid, gettid());
  CHECK(pause() == -1 && errno == EINTR);
  CHECK(end_count == 3 && ends[0] == 3 && ends[1] == 2 && ends[2] == 1);
  CHECK(!Blocks(SIGUSR1) && !Blocks(SIGUSR2) && !Blocks(SIGTERM));
  return unused;
}

int main(void) {
  struct sigaction action = {.sa_handler = First};
  CHECK(sigaction(SIGUSR1, &action, NULL) == 0);
  action.sa_handler = Second;
  sigaddset(&action.sa_mask, SIGHUP);
  CHECK(sigaction(SIGUSR2, &action, NULL) == 0);
  action.sa_handler = Third;
  action.sa_flags = SA_ONSTACK | SA_RESTART;
  sigemptyset(&action.sa_mask);
  CHECK(sigaction(SIGTERM, &action, NULL) == 0);
  const pthread_t thread = Start(Body, NULL);
  AwaitSyscall(&tid, 34); /* pause */
  CHECK(pthread_kill(thread, SIGUSR1) == 0);
  Await(&depth, 3);
  LiveThroughRestarts();
  Join(thread);
  return Done();
}
