// Intent: a read-write lock of each preference goes on as it was: readers hold
// it, a writer waits, later readers wait behind the writer where writers are
// preferred and get in where they are not.
// RUN: %build_c
// RUN: %generations %t
// RUN: %generations --ids ns %t
// RUN: %generations --ids new %t
#include "behave.h"

enum { kKinds = 4, kReaders = 2 };

static pthread_rwlock_t locks[kKinds];
static int prefers_writer[kKinds];
static int writer_tid[kKinds], reader_tid[kKinds][kReaders];
static int written[kKinds], read_by[kKinds];

static void* Writer(void* argument) {
  const long i = (long)argument;
  Set(&writer_tid[i], gettid());
  CHECK(pthread_rwlock_wrlock(&locks[i]) == 0);
  CHECK(Go());
  CHECK(pthread_rwlock_rdlock(&locks[i]) == EDEADLK);
  CHECK(pthread_rwlock_wrlock(&locks[i]) == EDEADLK);
  if (prefers_writer[i]) CHECK(Get(&read_by[i]) == 0);
  Set(&written[i], 1);
  CHECK(pthread_rwlock_unlock(&locks[i]) == 0);
  return NULL;
}

// Comes when the writer waits already.
static void* Reader(void* argument) {
  int* tid = argument;
  const long i = (tid - reader_tid[0]) / kReaders;
  Set(tid, gettid());
  CHECK(pthread_rwlock_rdlock(&locks[i]) == 0);
  CHECK(Get(&written[i]) == 1);
  Count(&read_by[i]);
  CHECK(pthread_rwlock_unlock(&locks[i]) == 0);
  return NULL;
}

static void Init(int i) {
  static const int preferences[kKinds] = {
      PTHREAD_RWLOCK_PREFER_READER_NP, PTHREAD_RWLOCK_PREFER_WRITER_NP,
      PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP,
      PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP};
  pthread_rwlockattr_t a;
  CHECK(pthread_rwlockattr_init(&a) == 0);
  CHECK(pthread_rwlockattr_setkind_np(&a, preferences[i]) == 0);
  if (i == 3) {
    CHECK(pthread_rwlockattr_setpshared(&a, PTHREAD_PROCESS_SHARED) == 0);
  }
  prefers_writer[i] = i >= 2;
  CHECK(pthread_rwlock_init(&locks[i], &a) == 0);
}

int main(void) {
  pthread_t writers[kKinds], readers[kKinds][kReaders];
  for (long i = 0; i < kKinds; ++i) {
    Init((int)i);
    CHECK(pthread_rwlock_rdlock(&locks[i]) == 0);
    CHECK(pthread_rwlock_rdlock(&locks[i]) == 0);
    writers[i] = Start(Writer, (void*)i);
    AwaitFutex(&writer_tid[i]);
    if (!prefers_writer[i]) continue;
    for (int n = 0; n < kReaders; ++n) {
      readers[i][n] = Start(Reader, &reader_tid[i][n]);
      AwaitFutex(&reader_tid[i][n]);
    }
  }
  LiveThroughRestarts();
  for (int i = 0; i < kKinds; ++i) {
    CHECK(written[i] == 0 && read_by[i] == 0);
    CHECK(pthread_rwlock_trywrlock(&locks[i]) == EBUSY);
    if (prefers_writer[i]) {
      CHECK(pthread_rwlock_tryrdlock(&locks[i]) == EBUSY);
    } else {
      CHECK(pthread_rwlock_tryrdlock(&locks[i]) == 0);
      CHECK(pthread_rwlock_unlock(&locks[i]) == 0);
    }
    CHECK(pthread_rwlock_unlock(&locks[i]) == 0);
    CHECK(Get(&written[i]) == 0);
    CHECK(pthread_rwlock_unlock(&locks[i]) == 0);
    Join(writers[i]);
    for (int n = 0; prefers_writer[i] && n < kReaders; ++n) {
      Join(readers[i][n]);
    }
    CHECK(pthread_rwlock_trywrlock(&locks[i]) == 0);
    CHECK(pthread_rwlock_unlock(&locks[i]) == 0);
    CHECK(pthread_rwlock_destroy(&locks[i]) == 0);
  }
  return Done();
}
