// Intent: children that have ended and were not waited for are found by the
// restored program's waits, each once, with the status that it had; SIGCHLD
// does not come again.
// RUN: %build_c
// RUN: %generations %t
// RUN: %generations --ids ns --user nobody %t
// RUN: %generations --ids new %t
// RUN: %generations --ids new --user nobody %t
#include <sys/resource.h>
#include <sys/wait.h>

#include "behave.h"

enum { kChildren = 6 };

static int told;

static void OnChild(int signal) {
  (void)signal;
  Count(&told);
}

static pid_t Child(int how) {
  const pid_t pid = fork();
  CHECK(pid >= 0);
  if (pid == 0) {
    if (how >= 0) _exit(how);
    signal(-how, SIG_DFL);
    raise(-how);
  }
  siginfo_t info;
  CHECK(waitid(P_PID, pid, &info, WEXITED | WNOWAIT) == 0);
  return pid;
}

int main(void) {
  const struct sigaction action = {.sa_handler = OnChild,
                                   .sa_flags = SA_RESTART};
  CHECK(sigaction(SIGCHLD, &action, NULL) == 0);
  pid_t child[kChildren];
  const int how[kChildren] = {0, 7, 255, -SIGKILL, -SIGTERM, -SIGUSR1};
  for (int i = 0; i < kChildren; ++i) child[i] = Child(how[i]);
  const pid_t leader = Child(3);
  Await(&told, 1);
  const int before = Get(&told);
  LiveThroughRestarts();
  CHECK(Get(&told) == before);
  if (checkpoint_generation() > 0) CHECK(kill(child[0], 0) == 0);

  // One is looked at, then taken, then gone.
  siginfo_t info;
  int status = -1;
  memset(&info, 0, sizeof(info));
  CHECK(waitid(P_PID, (id_t)child[1], &info, WEXITED | WNOWAIT) == 0);
  CHECK(info.si_pid == child[1] && info.si_code == CLD_EXITED);
  CHECK(info.si_status == 7 && info.si_uid == getuid());
  CHECK(waitpid(child[1], &status, WNOHANG) == child[1]);
  CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 7);
  CHECK(waitpid(child[1], &status, 0) == -1 && errno == ECHILD);
  CHECK(waitpid(leader, &status, __WCLONE) == -1 && errno == ECHILD);
  struct rusage usage;
  CHECK(wait4(leader, &status, __WALL, &usage) == leader);
  CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 3);
  // The others in any order, by any of their process group.
  for (int n = 0; n < kChildren - 1; ++n) {
    const pid_t pid = n % 2 == 0 ? wait(&status) : waitpid(0, &status, 0);
    CHECK(pid > 0);
    int i = 0;
    while (i < kChildren && child[i] != pid) ++i;
    CHECK(i < kChildren && i != 1);
    child[i] = 0;
    if (how[i] >= 0) CHECK(WIFEXITED(status) && WEXITSTATUS(status) == how[i]);
    if (how[i] < 0) CHECK(WIFSIGNALED(status) && WTERMSIG(status) == -how[i]);
  }
  CHECK(wait(&status) == -1 && errno == ECHILD);
  CHECK(Get(&told) == before);
  return Done();
}
