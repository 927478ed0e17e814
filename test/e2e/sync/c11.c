// Intent: what C11 has: mutexes of each kind held and waited for, call_once under
// way, thread-specific storage with destructors, through restarts.
// RUN: %build_c
// RUN: %generations %t
// RUN: %generations --ids ns %t
// RUN: %generations --ids new %t
#include <threads.h>

#include "behave.h"

enum { kKinds = 4 };

static const int kinds[kKinds] = {mtx_plain, mtx_timed, mtx_plain | mtx_recursive,
                                  mtx_timed | mtx_recursive};
static mtx_t mutexes[kKinds];
static once_flag once = ONCE_FLAG_INIT;
static tss_t key;
static int tids[kKinds + 1], got[kKinds], let_go, begun, ended, destroyed;

static void Initialise(void) {
  Count(&begun);
  AwaitGo();
  Count(&ended);
}

static void Destroy(void* value) {
  CHECK(*(int*)value == 5);
  Count(&destroyed);
}

static int Waiter(void* argument) {
  const int i = (int)((int*)argument - tids);
  const struct timespec deadline = In(CLOCK_REALTIME, 100000);
  static int five = 5;
  CHECK(tss_set(key, &five) == thrd_success);
  Set(&tids[i], gettid());
  if (kinds[i] & mtx_timed) {
    CHECK(mtx_timedlock(&mutexes[i], &deadline) == thrd_success);
  } else {
    CHECK(mtx_lock(&mutexes[i]) == thrd_success);
  }
  CHECK(Get(&let_go) == 1);
  CHECK(tss_get(key) == &five);
  Set(&got[i], 1);
  CHECK(mtx_unlock(&mutexes[i]) == thrd_success);
  return i + 100;
}

static int First(void* unused) {
  (void)unused;
  call_once(&once, Initialise);
  return 1;
}

static int Second(void* argument) {
  Await(&begun, 1);
  Set(argument, gettid());
  call_once(&once, Initialise);
  CHECK(Get(&ended) == 1);
  return 2;
}

int main(void) {
  thrd_t waiters[kKinds], first, second;
  int result;
  CHECK(tss_create(&key, Destroy) == thrd_success);
  for (int i = 0; i < kKinds; ++i) {
    CHECK(mtx_init(&mutexes[i], kinds[i]) == thrd_success);
    CHECK(mtx_lock(&mutexes[i]) == thrd_success);
    if (kinds[i] & mtx_recursive) {
      CHECK(mtx_trylock(&mutexes[i]) == thrd_success);
    }
    CHECK(thrd_create(&waiters[i], Waiter, &tids[i]) == thrd_success);
    AwaitFutex(&tids[i]);
  }
  CHECK(thrd_create(&first, First, NULL) == thrd_success);
  CHECK(thrd_create(&second, Second, &tids[kKinds]) == thrd_success);
  AwaitFutex(&tids[kKinds]);
  LiveThroughRestarts();
  CHECK(thrd_join(first, &result) == thrd_success && result == 1);
  CHECK(thrd_join(second, &result) == thrd_success && result == 2);
  CHECK(begun == 1);
  for (int i = 0; i < kKinds; ++i) {
    if (kinds[i] & mtx_recursive) {
      CHECK(mtx_unlock(&mutexes[i]) == thrd_success);
    }
    CHECK(Get(&got[i]) == 0);
    Set(&let_go, 1);
    CHECK(mtx_unlock(&mutexes[i]) == thrd_success);
    CHECK(thrd_join(waiters[i], &result) == thrd_success && result == i + 100);
    CHECK(got[i] == 1);
    Set(&let_go, 0);
    CHECK(mtx_lock(&mutexes[i]) == thrd_success);
  }
  CHECK(destroyed == kKinds);
  return Done();
}
