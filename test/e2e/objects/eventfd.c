// Intent: eventfds keep their counter (also one that is nearly full), semaphore
// flag and O_NONBLOCK over restarts; copies share one; a thread that waits in
// read is woken by a write.
// RUN: %build_c
// RUN: %generations --ids same %t
// RUN: %generations --ids ns %t
// RUN: %generations --ids new %t
// RUN: %generations --ids new --user nobody %t
#include <sys/eventfd.h>

#include "behave.h"

static int waited;

static void* Wait(void* tid) {
  uint64_t value;
  Set(tid, gettid());
  CHECK(read(waited, &value, 8) == 8 && value == 77);
  return NULL;
}

static uint64_t Value(int fd) {
  uint64_t value;
  CHECK(read(fd, &value, 8) == 8);
  return value;
}

int main(void) {
  static int tid;
  const uint64_t most = UINT64_MAX - 1, more = 77, one = 1;
  uint64_t value;
  waited = eventfd(0, 0);
  const int counter = eventfd(5, EFD_CLOEXEC);
  const int semaphore = eventfd(3, EFD_SEMAPHORE | EFD_NONBLOCK);
  const int full = eventfd(0, EFD_NONBLOCK);
  const int copy = dup2(counter, 500);
  CHECK(waited >= 0 && counter >= 0 && semaphore >= 0 && copy == 500);
  CHECK(write(full, &most, 8) == 8);
  const pthread_t thread = Start(Wait, &tid);
  AwaitSyscall(&tid, 0);
  LiveThroughRestarts();
  CHECK(fcntl(counter, F_GETFD) == FD_CLOEXEC && fcntl(copy, F_GETFD) == 0);
  CHECK((fcntl(counter, F_GETFL) & O_NONBLOCK) == 0);
  CHECK(write(copy, &one, 8) == 8 && Value(counter) == 6);
  CHECK(Value(semaphore) == 1 && Value(semaphore) == 1);
  CHECK(Value(semaphore) == 1);
  CHECK(read(semaphore, &value, 8) == -1 && errno == EAGAIN);
  CHECK(write(full, &one, 8) == -1 && errno == EAGAIN && Value(full) == most);
  CHECK(write(waited, &more, 8) == 8);
  Join(thread);
  return Done();
}
