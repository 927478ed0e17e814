// Intent: what cannot be carried over a restart makes checkpoints fail with one
// line that names it, and the program goes on; without it they work again.
// RUN: %build_c
// RUN: rm -rf %t.dir && mkdir %t.dir
// RUN: %t -- -d %t.dir 2>&1 | FileCheck %s
// CHECK: ckpt: checkpoint failed: descriptor {{[0-9]+}} is {{.*}}inotify
// CHECK-NEXT: ckpt: checkpoint failed: the program has a POSIX timer
// CHECK-NEXT: OK 0
#include <sys/inotify.h>

#include "behave.h"

int main(void) {
  timer_t timer;
  const int fd = inotify_init();
  CHECK(fd >= 0);
  CHECK(checkpoint_here() == -1 && errno == ENOTSUP);
  CHECK(checkpoint_here() == -1 && errno == ENOTSUP);  // not said again
  close(fd);
  CHECK(checkpoint_here() == 0);
  struct sigevent none = {.sigev_notify = SIGEV_NONE};
  clockid_t parents;
  CHECK(clock_getcpuclockid(getppid(), &parents) == 0);
  CHECK(timer_create(parents, &none, &timer) == 0);
  CHECK(checkpoint_here() == -1 && errno == ENOTSUP);
  timer_delete(timer);
  checkpoint_disable();
  CHECK(checkpoint_here() == -1 && errno == EBUSY);
  checkpoint_disable();
  checkpoint_enable();
  CHECK(checkpoint_here() == -1 && errno == EBUSY);
  checkpoint_enable();
  CHECK(checkpoint_here() == 0);
  return Done();
}
