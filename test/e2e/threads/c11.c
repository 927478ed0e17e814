// Intent: C11 threads are what POSIX ones are: their results are joined after
// the restart, also of one that ended before by thrd_exit, a detached one goes its
// way, and a listing of the image names their functions and who joins whom.
// RUN: %build_c
// RUN: %generations %t
// RUN: %generations --ids ns %t
// RUN: %generations --ids new --now %t
// RUN: %ckpt info $(ls -t %t.run/images/*.chkpt.* | head -1) > %t.info
// RUN: FileCheck %s < %t.info
// CHECK: threads (4)
// CHECK-DAG: {{ }}Waits
// CHECK-DAG: {{ join .*}}Joins
// CHECK-DAG: {{ }}Detached
#include <threads.h>

#include "behave.h"

static int gone, joiner, alone, left;

static int Ends(void* unused) {
  (void)unused;
  Set(&gone, gettid());
  thrd_exit(-7);
}

static int Waits(void* argument) {
  AwaitGo();
  return *(int*)argument;
}

static int Joins(void* argument) {
  int result;
  Set(&joiner, gettid());
  CHECK(thrd_join(*(thrd_t*)argument, &result) == thrd_success);
  CHECK(Go() && result == 42);
  return 43;
}

static int Detached(void* unused) {
  (void)unused;
  Count(&alone);
  AwaitGo();
  Count(&left);
  return 0;
}

int main(void) {
  thrd_t ended, waits, joins, detached;
  int result, value = 42;
  char path[64];
  CHECK(thrd_create(&ended, Ends, NULL) == thrd_success);
  while (Get(&gone) == 0) Pause();
  snprintf(path, sizeof(path), "/proc/self/task/%d", gone);
  while (access(path, F_OK) == 0) Pause();
  CHECK(thrd_create(&waits, Waits, &value) == thrd_success);
  CHECK(thrd_create(&joins, Joins, &waits) == thrd_success);
  CHECK(thrd_create(&detached, Detached, NULL) == thrd_success);
  CHECK(thrd_detach(detached) == thrd_success);
  AwaitFutex(&joiner);
  Await(&alone, 1);
  LiveThroughRestarts();
  CHECK(thrd_join(ended, &result) == thrd_success && result == -7);
  CHECK(thrd_join(joins, &result) == thrd_success && result == 43);
  Await(&left, 1);
  CHECK(thrd_create(&waits, Waits, &value) == thrd_success);
  CHECK(thrd_join(waits, &result) == thrd_success && result == 42);
  return Done();
}
