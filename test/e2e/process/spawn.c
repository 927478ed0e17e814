// Intent: system, popen and posix_spawn come to the right results, without an
// interruption that the program could see, while checkpoints are taken and the
// program is restarted; a handler of SIGCHLD is called as ever.
// RUN: %build_c
// RUN: %generations --interval 0.02 --allow "ckpt: checkpoint failed: .* pipe" \
// RUN:   --generations 4 %t
// RUN: %generations --interval 0.02 --allow "ckpt: checkpoint failed: .* pipe" \
// RUN:   --ids new --generations 4 %t
// RUN: %generations --interval 0.02 --allow "ckpt: checkpoint failed: .* pipe" \
// RUN:   --ids ns --user nobody %t
// RUN: %generations --interval 0.02 --allow "ckpt: checkpoint failed: .* pipe" \
// RUN:   --ids same %t two
// RUN: %build_c -static
// RUN: %generations --interval 0.02 --allow "ckpt: checkpoint failed: .* pipe" \
// RUN:   --ids new %t
#include <spawn.h>
#include <sys/wait.h>

#include "behave.h"

extern char** environ;
static int told;

static void OnChild(int signal) {
  (void)signal;
  Count(&told);
}

static void* ByThread(void* unused) {
  sigset_t child;
  sigemptyset(&child);
  sigaddset(&child, SIGCHLD);
  pthread_sigmask(SIG_BLOCK, &child, NULL);
  do {
    char* words[] = {"sh", "-c", "exit 33", NULL};
    pid_t pid;
    int status;
    CHECK(posix_spawnp(&pid, "sh", NULL, NULL, words, environ) == 0);
    CHECK(waitpid(pid, &status, 0) == pid);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 33);
    Pause();
  } while (!Go());
  return unused;
}

static void System(void) {
  CHECK(system(NULL) != 0);
  int status = system("exit 5");
  CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 5);
  status = system("kill -TERM $$");
  CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM);
  status = system("/no/such/program 2>/dev/null");
  CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 127);
}

static void Pipes(void) {
  char text[32];
  // Quiet, should this process be killed meanwhile.
  FILE* from =
      popen("exec 2>/dev/null; echo from the child; exit 4", "r");
  CHECK(from != NULL);
  CHECK(fgets(text, sizeof(text), from) != NULL);
  CHECK(strcmp(text, "from the child\n") == 0);
  CHECK(fgets(text, sizeof(text), from) == NULL && feof(from));
  int status = pclose(from);
  CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 4);
  FILE* to = popen("read word && test $word = hello && exit 6", "w");
  CHECK(to != NULL && fputs("hello\n", to) >= 0);
  status = pclose(to);
  CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 6);
}

static void Spawn(void) {
  char* words[] = {"/no/such/program", NULL};
  pid_t pid;
  int status;
  CHECK(posix_spawn(&pid, words[0], NULL, NULL, words, environ) == ENOENT);
  words[0] = "/bin/false";
  CHECK(posix_spawn(&pid, words[0], NULL, NULL, words, environ) == 0);
  CHECK(waitpid(pid, &status, 0) == pid);
  CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 1);
}

int main(int argc, char** argv) {
  (void)argv;
  const struct sigaction action = {.sa_handler = OnChild,
                                   .sa_flags = SA_RESTART};
  CHECK(sigaction(SIGCHLD, &action, NULL) == 0);
  // Another thread's children may have one SIGCHLD together with ours.
  pthread_t thread = 0;
  if (argc > 1) thread = Start(ByThread, NULL);
  Ready();
  int turns = 0;
  do {
    const int before = Get(&told);
    System();
    CHECK(argc > 1 || Get(&told) == before + 4);
    Pipes();
    CHECK(argc > 1 || Get(&told) == before + 6);
    Spawn();
    CHECK(argc > 1 || Get(&told) == before + 8);
    ++turns;
  } while (!Go() || turns < 2);
  if (argc > 1) Join(thread);
  CHECK(wait(NULL) == -1 && errno == ECHILD);
  return Done();
}
