// Intent: a thread that is waiting for a recursive mutex cannot be given a new
// id: --ids new says so in one line and ends with 125, --ids auto finds another
// way for somebody who is not root.
// REQUIRES: nobody
// RUN: %build_c
// RUN: %generations --ids auto --user nobody %t
// RUN: setpriv --reuid=65534 --regid=65534 --clear-groups \
// RUN:   %t -- -r auto -d %t.run/images --ids new 2> %t.err; test $? -eq 125
// RUN: FileCheck %s < %t.err
// CHECK: ckpt: restart refused: --ids new: thread {{[0-9]+}} was locking
#include "behave.h"

static pthread_mutex_t mutex = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;
static int tid;

static void* Waiter(void* unused) {
  Set(&tid, gettid());
  CHECK(pthread_mutex_lock(&mutex) == 0);
  CHECK(pthread_mutex_unlock(&mutex) == 0);
  return unused;
}

int main(void) {
  pthread_mutex_lock(&mutex);
  const pthread_t waiter = Start(Waiter, NULL);
  AwaitSyscall(&tid, 202);  // futex
  LiveThroughRestarts();
  pthread_mutex_unlock(&mutex);
  Join(waiter);
  return Done();
}
