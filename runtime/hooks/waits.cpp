// waits.cpp - doors of waits with a relative timeout that have no signal mask
// (those that have one: hooks/signals).

#include "hooks/waits.h"

#include "hooks/libc.h"

using ckpt::hooks::Real;

// The kernel writes back what is left of ppoll's timeout.
int __ckpt_poll(pollfd* fds, nfds_t count, int timeout_ms) {
  if (timeout_ms <= 0) return Real().poll(fds, count, timeout_ms);
  const timespec timeout =
      ckpt::sys::ToTimespec(static_cast<uint64_t>(timeout_ms) * 1000000);
  return Real().ppoll(fds, count, &timeout, nullptr);
}

int __ckpt___poll_chk(pollfd* fds, nfds_t count, int timeout_ms, size_t size) {
  if (size / sizeof(pollfd) < count) {
    return Real().__poll_chk(fds, count, timeout_ms, size);  // ends the program
  }
  return __ckpt_poll(fds, count, timeout_ms);
}

int __ckpt_epoll_wait(int fd, epoll_event* events, int capacity,
                      int timeout_ms) {
  const ckpt::hooks::Milliseconds left(timeout_ms);
  return Real().epoll_wait(fd, events, capacity, timeout_ms);
}

int __ckpt_semtimedop(int set, sembuf* operations, size_t count,
                      const timespec* timeout) __THROW {
  ckpt::hooks::Timespec left(timeout);
  return Real().semtimedop(set, operations, count, left.get());
}
