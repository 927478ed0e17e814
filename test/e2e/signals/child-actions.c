// Intent: what a child arranges for signals, between vfork and exec, after fork
// and through exec, does not change what the parent has arranged.
// RUN: %build_c -Wno-deprecated-declarations
// RUN: %generations --interval 0.02 %t
// RUN: %generations --interval 0.02 --ids new %t
#include "behave.h"

#include <sys/wait.h>

static int got;

static void OnSignal(int signal) {
  CHECK(signal == SIGUSR1 || signal == SIGUSR2);
  Count(&got);
}
static void Other(int signal) {
  (void)signal;
  _exit(7);
}

static void CheckParent(void) {
  struct sigaction now;
  CHECK(sigaction(SIGUSR1, NULL, &now) == 0 && now.sa_handler == OnSignal);
  CHECK(sigaction(SIGUSR2, NULL, &now) == 0 && now.sa_handler == OnSignal);
  const int before = Get(&got);
  CHECK(raise(SIGUSR1) == 0 && raise(SIGUSR2) == 0);
  CHECK(Get(&got) == before + 2);
}

static int Status(pid_t child) {
  int status;
  CHECK(child > 0 && waitpid(child, &status, 0) == child);
  return status;
}

/* A shell that says what it finds ignored. */
static const char script[] =
    "while read name value; do case $name in SigIgn:) exit "
    "$(( (0x$value >> 9 & 1) + (0x$value >> 11 & 1) * 2 ));; esac; done "
    "< /proc/self/status";

static void Vfork(void) {
  const pid_t child = vfork();
  if (child == 0) {
    const struct sigaction other = {.sa_handler = Other};
    signal(SIGUSR1, SIG_IGN);
    signal(SIGUSR2, SIG_DFL);
    sigaction(SIGTERM, &other, NULL);
    execl("/bin/sh", "sh", "-c", script, (char*)NULL);
    _exit(99);
  }
  const int status = Status(child);
  CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 1);
  struct sigaction now;
  CHECK(sigaction(SIGTERM, NULL, &now) == 0 && now.sa_handler == SIG_DFL);
}

static void Fork(void) {
  const pid_t child = fork();
  if (child == 0) {
    CheckParent(); /* as the parent has arranged it */
    signal(SIGUSR1, Other);
    raise(SIGUSR1);
    _exit(99);
  }
  const int status = Status(child);
  CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 7);
}

int main(void) {
  const struct sigaction action = {.sa_handler = OnSignal};
  sigaction(SIGUSR1, &action, NULL);
  sigaction(SIGUSR2, &action, NULL);
  Ready();
  do {
    Vfork();
    CheckParent();
    Fork();
    CheckParent();
    Pause();
  } while (!Go());
  return Done();
}
