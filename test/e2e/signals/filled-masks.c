// Intent: threads that block every signal, by each way there is to say so, are
// checkpointed all the same, and read back what they blocked.
// RUN: %build_c -Wno-deprecated-declarations
// RUN: %generations %t
// RUN: %generations --ids new %t
#include "behave.h"

#include <sys/syscall.h>

static int running;

static void CheckMask(void) {
  sigset_t mask;
  CHECK(pthread_sigmask(SIG_BLOCK, NULL, &mask) == 0);
  for (int i = 1; i <= SIGRTMAX; ++i) {
    if (i == SIGKILL || i == SIGSTOP || i == 32 || i == 33) continue;
    CHECK(sigismember(&mask, i) == 1);
  }
}

static void* Live(void) {
  Count(&running);
  do {
    CheckMask();
    Pause();
  } while (!Go());
  return NULL;
}

static void* ByMask(void* unused) {
  sigset_t all;
  sigfillset(&all);
  CHECK(pthread_sigmask(SIG_SETMASK, &all, unused) == 0);
  return Live();
}

static void* ByNumber(void* unused) {
  unsigned long all = ~0ul, old = 0;
  CHECK(syscall(SYS_rt_sigprocmask, SIG_BLOCK, &all, &old, 8) == 0);
  return unused != NULL ? unused : Live();
}

static void* ByHold(void* unused) {
  for (int i = 1; i <= 64; ++i) {
    if (i != 32 && i != 33) CHECK(sighold(i) == 0);
  }
  return unused != NULL ? unused : Live();
}

static void* ByAttribute(void* unused) {
  return unused != NULL ? unused : Live();
}

int main(void) {
  pthread_t threads[4];
  pthread_attr_t attributes;
  sigset_t all;
  memset(&all, 0xff, sizeof(all));
  CHECK(pthread_attr_init(&attributes) == 0);
  CHECK(pthread_attr_setsigmask_np(&attributes, &all) == 0);
  CHECK(pthread_create(&threads[3], &attributes, ByAttribute, NULL) == 0);
  threads[0] = Start(ByMask, NULL);
  threads[1] = Start(ByNumber, NULL);
  threads[2] = Start(ByHold, NULL);
  Await(&running, 4);
  LiveThroughRestarts();
  for (int i = 0; i < 4; ++i) Join(threads[i]);
  return Done();
}
