// Intent: a program that is started in any way, also while a checkpoint is
// being written, finds the signal mask and ignored signals that its parent has
// chosen, the descriptors that it has left open, and nothing of the runtime's.
// RUN: %clang -O1 %behave/Inputs/clean.c -o %t.clean
// RUN: %build_c
// RUN: %generations --interval 0.01 --allow "ckpt: checkpoint failed: .* pipe" \
// RUN:   %t %t.clean
// RUN: %generations --interval 0.01 --allow "ckpt: checkpoint failed: .* pipe" \
// RUN:   --ids new %t %t.clean
// RUN: %build_c -static
// RUN: %generations --interval 0.01 --allow "ckpt: checkpoint failed: .* pipe" \
// RUN:   --ids ns %t %t.clean
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "behave.h"

extern char** environ;
static char mask[20], ignored[20], command[4400];
static char* words[4];
static int turns;

static int RunsClean(int status) {
  return WIFEXITED(status) && WEXITSTATUS(status) == 7;
}

static void Wait(pid_t pid) {
  int status;
  CHECK(pid > 0);
  CHECK(waitpid(pid, &status, 0) == pid);
  CHECK(RunsClean(status));
}

static void Exec(int way) {
  const int fd = open(words[0], O_PATH | O_CLOEXEC);
  switch (way) {
    case 0: execv(words[0], words); break;
    case 1: execve(words[0], words, environ); break;
    case 2: execvp(words[0], words); break;
    case 3: execvpe(words[0], words, environ); break;
    case 4: fexecve(fd, words, environ); break;
    case 5: execveat(fd, "", words, environ, AT_EMPTY_PATH); break;
    case 6: execl(words[0], words[0], words[1], words[2], NULL); break;
    case 7: execlp(words[0], words[0], words[1], words[2], NULL); break;
    case 8:
      execle(words[0], words[0], words[1], words[2], NULL, environ);
      break;
  }
  _exit(1);
}

static void OnceEach(void) {
  for (int way = 0; way < 9; ++way) {
    const pid_t forked = fork();
    if (forked == 0) Exec(way);
    Wait(forked);
  }
  const pid_t vforked = vfork();
  if (vforked == 0) {
    execve(words[0], words, environ);
    _exit(1);
  }
  Wait(vforked);
  pid_t spawned;
  CHECK(posix_spawn(&spawned, words[0], NULL, NULL, words, environ) == 0);
  Wait(spawned);
  CHECK(posix_spawnp(&spawned, words[0], NULL, NULL, words, environ) == 0);
  Wait(spawned);
  CHECK(RunsClean(system(command)));
  FILE* stream = popen(command, "r");
  CHECK(stream != NULL);
  CHECK(RunsClean(pclose(stream)));
  Count(&turns);
}

// What makes writing a checkpoint take its time.
static void* Large(void* unused) {
  const size_t size = 24 << 20;
  char* memory = malloc(size);
  for (int n = 0; !Go(); ++n) {
    memset(memory, n, size);
    __asm__ volatile("" : : "r"(memory) : "memory");
    Pause();
  }
  free(memory);
  return unused;
}

int main(int argc, char** argv) {
  CHECK(argc == 2);
  sigset_t blocked;
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGUSR2);
  CHECK(sigprocmask(SIG_BLOCK, &blocked, NULL) == 0);
  signal(SIGHUP, SIG_IGN);
  unsigned long bits = 0, ignores = 0;
  syscall(SYS_rt_sigprocmask, SIG_BLOCK, NULL, &bits, sizeof(bits));
  for (int n = 1; n < 32; ++n) {
    struct sigaction action;
    CHECK(sigaction(n, NULL, &action) == 0);
    if (action.sa_handler == SIG_IGN) ignores |= 1ul << (n - 1);
  }
  snprintf(mask, sizeof(mask), "%lx", bits);
  snprintf(ignored, sizeof(ignored), "%lx", ignores);
  words[0] = argv[1];
  words[1] = mask;
  words[2] = ignored;
  snprintf(command, sizeof(command), "exec %s %s %s", argv[1], mask, ignored);
  const pthread_t thread = Start(Large, NULL);
  OnceEach();
  Ready();
  while (!Go()) OnceEach();
  OnceEach();
  Join(thread);
  CHECK(turns >= 2);
  return Done();
}
