// child.c - has a child that lives until the file named by its argument exists,
// and waits for it when its own token is there; "here" also asks for a
// checkpoint itself meanwhile.
#include <sys/wait.h>

#include "behave.h"

int main(int argc, char** argv) {
  CHECK(argc >= 2);
  const pid_t child = fork();
  CHECK(child >= 0);
  if (child == 0) {
    while (access(argv[1], F_OK) != 0) Pause();
    _exit(9);
  }
  char line[64];
  snprintf(line, sizeof(line), "child %d\n", child);
  Say(line);
  if (argc == 3) {
    CHECK(checkpoint_here() == -1 && errno == EAGAIN);
    Say("put off\n");
  }
  LiveThroughRestarts();
  int status;
  CHECK(waitpid(child, &status, 0) == child);
  CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 9);
  return Done();
}
