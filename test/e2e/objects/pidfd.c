// Intent: a pidfd of the program itself is one again after restarts: signals by
// it arrive. One of another process is refused with a line, and the program goes
// on.
// RUN: %build_c
// RUN: %generations --ids same %t
// RUN: %generations --ids ns %t
// RUN: %generations --ids new --user nobody %t
// RUN: rm -rf %t.dir && mkdir %t.dir
// RUN: %t other -- -d %t.dir 2>&1 | FileCheck %s
// CHECK: descriptor {{[0-9]+}} is a pidfd of another process, which cannot be
// CHECK: OK 0
#include <sys/syscall.h>

#include "behave.h"

static int told;

static void OnSignal(int signal) {
  (void)signal;
  Count(&told);
}

static int Open(pid_t process) {
  return (int)syscall(SYS_pidfd_open, process, 0);
}

int main(int argc, char** argv) {
  (void)argv;
  signal(SIGUSR2, OnSignal);
  const int own = Open(getpid());
  CHECK(own >= 0);
  if (argc > 1) {
    const int other = Open(getppid());
    CHECK(other >= 0);
    CHECK(checkpoint_here() == -1 && errno == ENOTSUP);
    CHECK(close(other) == 0 && checkpoint_here() == 0);
    return Done();
  }
  LiveThroughRestarts();
  CHECK(fcntl(own, F_GETFD) == FD_CLOEXEC);
  struct pollfd entry = {own, POLLIN, 0};
  CHECK(poll(&entry, 1, 0) == 0);
  CHECK(syscall(SYS_pidfd_send_signal, own, SIGUSR2, NULL, 0) == 0);
  Await(&told, 1);
  return Done();
}
