// Intent: epolls keep what they watch, with events and data, over restarts:
// level and edge triggered, exclusive, one epoll in another; a thread that waits
// in epoll_wait is woken; a change is not lost.
// RUN: %build_c
// RUN: %generations --ids same %t
// RUN: %generations --ids ns %t
// RUN: %generations --ids new %t
// RUN: %generations --ids new --user nobody %t
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>

#include "behave.h"

static int waited;

static void Watch(int epoll, int fd, uint32_t events, uint64_t data) {
  struct epoll_event event = {.events = events, .data.u64 = data};
  CHECK(epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) == 0);
}

static void* Wait(void* tid) {
  struct epoll_event event;
  Set(tid, gettid());
  CHECK(epoll_wait(waited, &event, 1, -1) == 1);
  CHECK(event.events == EPOLLIN && event.data.u64 == 0x123456789abcdef0);
  return NULL;
}

int main(void) {
  static int tid;
  const uint64_t one = 1;
  uint64_t value;
  struct epoll_event event;
  int ends[2];
  const int wake = eventfd(0, 0);
  waited = epoll_create1(EPOLL_CLOEXEC);
  Watch(waited, wake, EPOLLIN | EPOLLEXCLUSIVE, 0x123456789abcdef0);

  const int edge = epoll_create1(0), outer = epoll_create1(0);
  const int edged = eventfd(1, 0), once = eventfd(0, 0);
  CHECK(pipe(ends) == 0);
  Watch(edge, edged, EPOLLIN | EPOLLET, 1);
  Watch(edge, once, EPOLLIN | EPOLLONESHOT, 2);
  Watch(outer, edge, EPOLLIN, 3);
  Watch(outer, ends[0], EPOLLIN, 4);
  const int copy = dup(outer);
  const pthread_t thread = Start(Wait, &tid);
  while (!IsInSyscall(Get(&tid), 232) && !IsInSyscall(Get(&tid), 281)) Pause();
  LiveThroughRestarts();
  CHECK(fcntl(waited, F_GETFD) == FD_CLOEXEC);
  // The edge was there before the checkpoint, and nobody had seen it.
  CHECK(epoll_wait(outer, &event, 1, 0) == 1 && event.data.u64 == 3);
  CHECK(epoll_wait(edge, &event, 1, 0) == 1 && event.data.u64 == 1);
  CHECK(epoll_wait(edge, &event, 1, 0) == 0);
  CHECK(write(once, &one, 8) == 8);
  CHECK(epoll_wait(edge, &event, 1, 0) == 1 && event.data.u64 == 2);
  CHECK(write(once, &one, 8) == 8);
  CHECK(epoll_wait(edge, &event, 1, 0) == 0);
  CHECK(read(edged, &value, 8) == 8 && value == 1);
  CHECK(write(ends[1], "x", 1) == 1);
  CHECK(epoll_wait(copy, &event, 1, 0) == 1 && event.data.u64 == 4);
  CHECK(epoll_ctl(copy, EPOLL_CTL_DEL, ends[0], NULL) == 0);
  CHECK(epoll_wait(outer, &event, 1, 0) == 0);
  CHECK(write(wake, &one, 8) == 8);
  Join(thread);
  return Done();
}
