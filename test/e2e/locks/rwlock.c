// Intent: a read-write lock held for writing or for reading at the checkpoint
// is so afterwards, and those that wait for it get it when it is given back.
// RUN: %build_c
// RUN: %generations %t
// RUN: %generations --ids ns %t
#include "behave.h"

static pthread_rwlock_t written = PTHREAD_RWLOCK_INITIALIZER;
static pthread_rwlock_t read_only = PTHREAD_RWLOCK_INITIALIZER;
static int tids[2], in[2];

static void* Reader(void* unused) {
  (void)unused;
  Set(&tids[0], gettid());
  CHECK(pthread_rwlock_rdlock(&written) == 0);
  Set(&in[0], 1);
  CHECK(pthread_rwlock_unlock(&written) == 0);
  return NULL;
}

static void* Writer(void* unused) {
  (void)unused;
  Set(&tids[1], gettid());
  CHECK(pthread_rwlock_wrlock(&read_only) == 0);
  Set(&in[1], 1);
  CHECK(pthread_rwlock_unlock(&read_only) == 0);
  return NULL;
}

int main(void) {
  CHECK(pthread_rwlock_wrlock(&written) == 0);
  CHECK(pthread_rwlock_rdlock(&read_only) == 0);
  const pthread_t reader = Start(Reader, NULL), writer = Start(Writer, NULL);
  AwaitSyscall(&tids[0], 202);  // futex
  AwaitSyscall(&tids[1], 202);
  LiveThroughRestarts();
  CHECK(Get(&in[0]) == 0 && Get(&in[1]) == 0);
  CHECK(pthread_rwlock_trywrlock(&written) == EBUSY);
  CHECK(pthread_rwlock_wrlock(&written) == EDEADLK);
  CHECK(pthread_rwlock_unlock(&written) == 0);
  CHECK(pthread_rwlock_unlock(&read_only) == 0);
  Join(reader);
  Join(writer);
  CHECK(Get(&in[0]) == 1 && Get(&in[1]) == 1);
  CHECK(pthread_rwlock_trywrlock(&written) == 0);
  return Done();
}
