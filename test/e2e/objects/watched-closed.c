// Intent: an epoll that watches a file whose descriptor has been closed or taken
// by another file is refused with a line, and works again without it.
// RUN: %build_c
// RUN: rm -rf %t.dir && mkdir %t.dir
// RUN: %t -- -d %t.dir 2>&1 | FileCheck %s
// CHECK: descriptor {{[0-9]+}} is an epoll descriptor that watches what was
// CHECK-SAME: descriptor {{[0-9]+}} and is another one now, which cannot be
// CHECK: OK 0
#include <sys/epoll.h>
#include <sys/eventfd.h>

#include "behave.h"

int main(void) {
  const int epoll = epoll_create1(0), fd = eventfd(0, 0), other = eventfd(0, 0);
  struct epoll_event event = {.events = EPOLLIN};
  CHECK(epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) == 0);
  CHECK(checkpoint_here() == 0);
  const int copy = dup(fd);
  close(fd);
  CHECK(checkpoint_here() == -1 && errno == ENOTSUP);
  CHECK(dup2(other, fd) == fd);
  CHECK(checkpoint_here() == -1 && errno == ENOTSUP);
  CHECK(dup2(copy, fd) == fd);
  CHECK(checkpoint_here() == 0);
  return Done();
}
