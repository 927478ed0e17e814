// Intent: a program sees the same process and thread ids for all its life, and
// can signal its threads by them, whatever the kernel calls them.
// RUN: %build_c
// RUN: %generations %t
// RUN: %generations --ids ns %t
// RUN: %generations --ids new %t
#include "behave.h"

static int tid, got;

static void OnSignal(int signal) {
  CHECK(signal == SIGUSR2);
  CHECK(gettid() == Get(&tid));
  Count(&got);
}

static void* Body(void* argument) {
  const pid_t mine = gettid();
  Set(&tid, mine);
  while (Get(argument) == 0) {
    CHECK(gettid() == mine);
    CHECK(getpid() != mine);
    Pause();
  }
  return NULL;
}

int main(void) {
  int stop = 0;
  const pid_t pid = getpid();
  const struct sigaction action = {.sa_handler = OnSignal};
  sigaction(SIGUSR2, &action, NULL);
  const pthread_t thread = Start(Body, &stop);
  while (Get(&tid) == 0) Pause();
  Ready();
  for (int sent = 0; !Go();) {
    CHECK(getpid() == pid && gettid() == pid);
    CHECK(kill(pid, 0) == 0);
    // A signal on its way at the checkpoint is another matter.
    checkpoint_disable();
    CHECK(tgkill(pid, tid, SIGUSR2) == 0);
    Await(&got, ++sent);
    CHECK(pthread_kill(thread, SIGUSR2) == 0);
    Await(&got, ++sent);
    checkpoint_enable();
    Pause();
  }
  Set(&stop, 1);
  Join(thread);
  return Done();
}
