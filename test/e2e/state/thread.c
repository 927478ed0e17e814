// Intent: a thread's I/O priority, timer slack and its default, memory policy,
// personality, parent-death signal, keep-capabilities and no_new_privs are its
// own again, and no other thread's.
// RUN: %build_c
// RUN: %generations %t
// RUN: %generations --ids new %t
// RUN: %generations --ids ns --user nobody %t
// RUN: %generations --ids new --user nobody %t
// REQUIRES: nobody
#include <linux/mempolicy.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include "behave.h"

enum { kIoPriority = 2 << 13 | 6, kOtherIoPriority = 2 << 13 | 3 };

static int running;

static long IoPriority(void) { return syscall(SYS_ioprio_get, 1, 0); }

static int MemoryPolicy(void) {
  int mode = -1;
  // Not every kernel has them.
  if (syscall(SYS_get_mempolicy, &mode, NULL, 0, NULL, 0) != 0) return -1;
  return mode;
}

static int DeathSignal(void) {
  int signal = -1;
  CHECK(prctl(PR_GET_PDEATHSIG, &signal) == 0);
  return signal;
}

// Its creator had a timer slack of 60000 ns: that is its default.
static void* Body(void* unused) {
  const unsigned long node = 1;
  CHECK(syscall(SYS_ioprio_set, 1, 0, kIoPriority) == 0);
  CHECK(prctl(PR_SET_TIMERSLACK, 70000) == 0);
  const int has_policies = MemoryPolicy() >= 0;
  if (has_policies) {
    CHECK(syscall(SYS_set_mempolicy, MPOL_BIND, &node, 64) == 0);
  }
  CHECK(personality(ADDR_NO_RANDOMIZE | STICKY_TIMEOUTS) >= 0);
  CHECK(prctl(PR_SET_PDEATHSIG, SIGUSR2) == 0);
  CHECK(prctl(PR_SET_KEEPCAPS, 1) == 0);
  CHECK(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0);
  Count(&running);
  AwaitGo();
  CHECK(IoPriority() == kIoPriority);
  CHECK(prctl(PR_GET_TIMERSLACK) == 70000);
  CHECK(prctl(PR_SET_TIMERSLACK, 0) == 0);
  CHECK(prctl(PR_GET_TIMERSLACK) == 60000);
  if (has_policies) CHECK(MemoryPolicy() == MPOL_BIND);
  CHECK(personality(~0ul) == (ADDR_NO_RANDOMIZE | STICKY_TIMEOUTS));
  CHECK(DeathSignal() == SIGUSR2);
  CHECK(prctl(PR_GET_KEEPCAPS) == 1);
  CHECK(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1);
  return unused;
}

int main(void) {
  const int policy = MemoryPolicy(), old_personality = personality(~0ul);
  const int privileges = prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0);
  CHECK(syscall(SYS_ioprio_set, 1, 0, kOtherIoPriority) == 0);
  CHECK(prctl(PR_SET_TIMERSLACK, 60000) == 0);
  const pthread_t thread = Start(Body, NULL);
  Await(&running, 1);
  LiveThroughRestarts();
  Join(thread);
  CHECK(IoPriority() == kOtherIoPriority);
  CHECK(prctl(PR_GET_TIMERSLACK) == 60000);
  CHECK(MemoryPolicy() == policy);
  CHECK(personality(~0ul) == old_personality);
  CHECK(prctl(PR_GET_KEEPCAPS) == 0);
  CHECK(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == privileges);
  CHECK(DeathSignal() != SIGUSR2);
  return Done();
}
