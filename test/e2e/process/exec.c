// Intent: a program that replaces itself, by each of the exec functions and by
// any of its threads, is not ended by a stop signal that was on its way, however
// many checkpoints there are.
// RUN: %build_c
// RUN: rm -rf %t.dir && mkdir %t.dir
// RUN: %run %t 0 %t.dir -- -t 0.0005 -k 1 -d %t.dir
// RUN: %build_c -static
// RUN: %run %t 0 %t.dir -- -t 0.0005 -k 1 -d %t.dir
#include <sys/syscall.h>

#include "behave.h"

enum { kWays = 9, kTurns = 180 };

extern char** environ;
static char number[12];
static char *self, *words[10];

static void Exec(int way) {
  switch (way) {
    case 0: execv(self, words); break;
    case 1: execve(self, words, environ); break;
    case 2: execvp(self, words); break;
    case 3: execvpe(self, words, environ); break;
    case 4: fexecve(open(self, O_RDONLY | O_CLOEXEC), words, environ); break;
    case 5: execveat(AT_FDCWD, self, words, environ, 0); break;
    case 6:
      execl(self, self, number, words[2], "--", "-t", "0.0005", "-d", words[2],
            NULL);
      break;
    case 7:
      execlp(self, self, number, words[2], "--", "-t", "0.0005", "-d",
             words[2], NULL);
      break;
    case 8:
      execle(self, self, number, words[2], "--", "-t", "0.0005", "-d",
             words[2], NULL, environ);
      break;
  }
  CHECK(!"exec");
}

static void* ByThread(void* way) {
  Exec(*(int*)way);
  return NULL;
}

static void* Idle(void* unused) {
  for (;;) Pause();
  return unused;
}

int main(int argc, char** argv) {
  CHECK(argc == 3);
  const int turn = atoi(argv[1]);
  unsigned long mask = 0, pending = 0;
  syscall(SYS_rt_sigprocmask, SIG_BLOCK, NULL, &mask, sizeof(mask));
  syscall(SYS_rt_sigpending, &pending, sizeof(pending));
  CHECK(mask == 0 && pending == 0);
  if (turn == kTurns) return 0;
  static char path[4096];
  const ssize_t n = readlink("/proc/self/exe", path, sizeof(path) - 1);
  CHECK(n > 0);
  self = path;
  snprintf(number, sizeof(number), "%d", turn + 1);
  char* all[] = {self, number, argv[2], "--", "-t",
                 "0.0005", "-d", argv[2], NULL};
  memcpy(words, all, sizeof(all));
  for (int i = 0; i < 2; ++i) Start(Idle, NULL);
  // One that fails changes nothing.
  CHECK(execl("/no/such/program", "x", NULL) == -1 && errno == ENOENT);
  for (int i = 0; i < turn % 5; ++i) Pause();
  int way = turn % kWays;
  if (turn / kWays % 2 == 0) Exec(way);
  Start(ByThread, &way);
  for (;;) Pause();
}
