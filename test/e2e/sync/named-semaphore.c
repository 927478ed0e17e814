// Intent: a named semaphore has, after a restart, the value that it had at the
// checkpoint, whatever was done with it since, and its waiters still wait.
// RUN: %build_c
// RUN: %generations --generations 5 %t
// RUN: %generations --generations 5 --ids ns %t
// RUN: %generations --generations 5 --ids new %t
// RUN: %generations --user nobody --ids ns %t
#include <fcntl.h>
#include <semaphore.h>
#include <sys/stat.h>

#include "behave.h"

enum { kTakers = 3, kCredits = 2 };

static sem_t *credits, *never;
static int taken, waiter_id, go_on;

// Takes a credit and gives it back without end: what is not in the semaphore
// is in `taken`, up to one of each thread that stands between the two.
static void* Taker(void* unused) {
  while (!Get(&go_on)) {
    CHECK(sem_wait(credits) == 0);
    Count(&taken);
    __atomic_sub_fetch(&taken, 1, __ATOMIC_SEQ_CST);
    CHECK(sem_post(credits) == 0);
  }
  return unused;
}

static void* Waiter(void* unused) {
  Set(&waiter_id, gettid());
  CHECK(sem_wait(never) == 0);
  CHECK(Get(&go_on) == 1);
  return unused;
}

static sem_t* Open(const char* what, unsigned value) {
  char name[64];
  snprintf(name, sizeof(name), "/ckpt-%s-%d", what, getpid());
  sem_t* semaphore = sem_open(name, O_CREAT | O_EXCL, 0600, value);
  CHECK(semaphore != SEM_FAILED);
  return semaphore;
}

static void Close(const char* what, sem_t* semaphore, int pid) {
  char name[64];
  snprintf(name, sizeof(name), "/ckpt-%s-%d", what, pid);
  CHECK(sem_close(semaphore) == 0);
  CHECK(sem_unlink(name) == 0);
}

int main(void) {
  const int pid = getpid();
  credits = Open("credits", kCredits);
  never = Open("never", 0);
  pthread_t takers[kTakers];
  const pthread_t waiter = Start(Waiter, NULL);
  for (int i = 0; i < kTakers; ++i) takers[i] = Start(Taker, NULL);
  AwaitFutex(&waiter_id);
  LiveThroughRestarts();
  Set(&go_on, 1);
  for (int i = 0; i < kTakers; ++i) Join(takers[i]);
  int value;
  CHECK(sem_getvalue(credits, &value) == 0);
  CHECK(value == kCredits && taken == 0);
  const struct timespec deadline = In(CLOCK_REALTIME, 50);
  CHECK(sem_timedwait(credits, &deadline) == 0);
  CHECK(sem_post(never) == 0);
  Join(waiter);
  Close("credits", credits, pid);
  Close("never", never, pid);
  return Done();
}
