// Intent: a spin lock that is held at the checkpoint keeps out the thread that
// spins for it until it is given back after the restart.
// RUN: %build_c
// RUN: %generations %t
// RUN: %generations --ids ns %t
// RUN: %generations --ids new %t
#include "behave.h"

static pthread_spinlock_t lock;
static int spinning, let_go;

static void* Spinner(void* unused) {
  Set(&spinning, 1);
  CHECK(pthread_spin_lock(&lock) == 0);
  CHECK(Get(&let_go) == 1);
  CHECK(pthread_spin_trylock(&lock) == EBUSY);
  CHECK(pthread_spin_unlock(&lock) == 0);
  return unused;
}

int main(void) {
  CHECK(pthread_spin_init(&lock, PTHREAD_PROCESS_PRIVATE) == 0);
  CHECK(pthread_spin_lock(&lock) == 0);
  const pthread_t spinner = Start(Spinner, NULL);
  Await(&spinning, 1);
  LiveThroughRestarts();
  CHECK(pthread_spin_trylock(&lock) == EBUSY);
  Set(&let_go, 1);
  CHECK(pthread_spin_unlock(&lock) == 0);
  Join(spinner);
  CHECK(pthread_spin_trylock(&lock) == 0);
  return Done();
}
