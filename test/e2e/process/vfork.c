// Intent: between vfork and exec a child runs on its parent's memory: what it
// closes, opens, copies, blocks and ignores there, and the ids that it asks for,
// are its own affair and change nothing of the program's.
// RUN: %build_c
// RUN: %generations --interval 0.005 %t
// RUN: %generations --interval 0.005 --ids new %t
// RUN: %generations --interval 0.005 --ids ns --user nobody %t
// RUN: %build_c -static
// RUN: %generations --interval 0.005 --ids new %t
#include <sys/wait.h>

#include "behave.h"

static int handled;
static pid_t self;

static void OnSignal(int signal) {
  (void)signal;
  Count(&handled);
}

static void* Idle(void* unused) {
  AwaitGo();
  return unused;
}

static void Redirected(void) {
  // Quiet, should this process be killed meanwhile.
  char* words[] = {"sh", "-c", "exec 2>/dev/null; echo redirected; exit 7",
                   NULL};
  char text[32] = "";
  int pipe_ends[2], status;
  checkpoint_disable();  // a pipe to a child cannot be carried
  CHECK(pipe(pipe_ends) == 0);
  const pid_t child = vfork();
  CHECK(child >= 0);
  if (child == 0) {
    // Nothing in here may be undone by a failure: _exit says it.
    if (getpid() == self || gettid() == self || getppid() != self) _exit(2);
    if (kill(self, SIGUSR1) != 0) _exit(3);
    close(pipe_ends[0]);
    if (dup2(pipe_ends[1], 1) != 1) _exit(4);
    close(pipe_ends[1]);
    const int fd = open("of-the-child", O_CREAT | O_TRUNC | O_RDWR, 0600);
    if (fd < 0 || close(fd) != 0) _exit(5);
    const struct sigaction ignore = {.sa_handler = SIG_IGN};
    if (sigaction(SIGUSR1, &ignore, NULL) != 0) _exit(6);
    sigset_t all;
    sigfillset(&all);
    if (sigprocmask(SIG_BLOCK, &all, NULL) != 0) _exit(8);
    execvp("no such program", words);
    execvp(words[0], words);
    _exit(9);
  }
  close(pipe_ends[1]);
  CHECK(read(pipe_ends[0], text, sizeof(text)) == 11);
  CHECK(strcmp(text, "redirected\n") == 0);
  close(pipe_ends[0]);
  CHECK(waitpid(child, &status, 0) == child);
  CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 7);
  checkpoint_enable();
}

int main(void) {
  self = getpid();
  const struct sigaction action = {.sa_handler = OnSignal,
                                   .sa_flags = SA_RESTART};
  CHECK(sigaction(SIGUSR1, &action, NULL) == 0);
  const int kept = open("kept", O_CREAT | O_TRUNC | O_RDWR, 0600);
  CHECK(kept == 3);
  const pthread_t thread = Start(Idle, NULL);
  int turns = 0;
  Redirected();
  Ready();
  do {
    // Without a pipe: checkpoints may fall anywhere.
    int status;
    const pid_t child = vfork();
    if (child == 0) {
      close(kept);
      poll(NULL, 0, 1);
      if (dup2(2, kept) != kept) _exit(1);
      execl("/bin/true", "true", NULL);
      _exit(1);
    }
    CHECK(child > 0 && waitpid(child, &status, 0) == child && status == 0);
    CHECK(write(kept, "x", 1) == 1);
    ++turns;
    if (turns % 8 == 0) Redirected();
  } while (!Go());
  Redirected();
  CHECK(Get(&handled) == turns / 8 + 2);
  CHECK(lseek(kept, 0, SEEK_CUR) == turns);
  struct sigaction now;
  CHECK(sigaction(SIGUSR1, NULL, &now) == 0 && now.sa_handler == OnSignal);
  sigset_t mask;
  CHECK(sigprocmask(SIG_BLOCK, NULL, &mask) == 0);
  CHECK(!sigismember(&mask, SIGUSR1) && !sigismember(&mask, SIGTERM));
  CHECK(wait(NULL) == -1 && errno == ECHILD);
  Join(thread);
  return Done();
}
