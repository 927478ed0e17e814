// Intent: a forked child knows its parent by the id that the parent knows itself
// by, also when that is not the kernel's any more: getppid says it, and a signal
// sent to it arrives; the child's own id is the kernel's.
// RUN: %build_c
// RUN: %generations %t
// RUN: %generations --ids new %t
// RUN: %generations --ids ns --user nobody %t
// RUN: %build_c -static
// RUN: %generations --ids new %t
#include <sys/wait.h>

#include "behave.h"

static int told;

static void OnSignal(int signal) {
  (void)signal;
  Count(&told);
}

static void Await0(pid_t child) {
  int status;
  CHECK(child > 0 && waitpid(child, &status, 0) == child);
  CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

// In children nobody is told but by the exit code: one whose parent has just been
// killed has another.
static void ByFork(pid_t self) {
  const pid_t child = fork();
  if (child == 0) {
    if (getppid() != self) _exit(1);
    if (getpid() == self || getpid() != gettid()) _exit(2);
    if (kill(self, SIGUSR1) != 0 || kill(getppid(), 0) != 0) _exit(3);
    const pid_t middle = getpid(), grandchild = fork();
    if (grandchild == 0) {
      if (getppid() != middle) _exit(4);
      _exit(kill(self, SIGUSR1) == 0 ? 0 : 5);
    }
    int status;
    if (waitpid(grandchild, &status, 0) != grandchild) _exit(6);
    _exit(WIFEXITED(status) ? WEXITSTATUS(status) : 7);
  }
  Await0(child);
}

static void By_Fork(pid_t self) {
  const pid_t child = _Fork();
  if (child == 0) _exit(getppid() == self && kill(self, SIGUSR1) == 0 ? 0 : 1);
  Await0(child);
}

int main(void) {
  const pid_t self = getpid();
  const struct sigaction action = {.sa_handler = OnSignal,
                                   .sa_flags = SA_RESTART};
  CHECK(sigaction(SIGUSR1, &action, NULL) == 0);
  Ready();
  int turns = 0;
  do {
    CHECK(getpid() == self);
    ByFork(self);
    By_Fork(self);
    ++turns;
    Pause();
  } while (!Go());
  // One may be waiting while another arrives.
  CHECK(Get(&told) > turns && Get(&told) <= 3 * turns);
  return Done();
}
