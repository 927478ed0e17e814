// left-behind.c - has a child, made at once or ("later") when its token is there,
// and ends without it, with 3. The child creates the file "alive" again and
// again until the file named by the second argument exists.
#include "behave.h"

int main(int argc, char** argv) {
  CHECK(argc == 3);
  const char* way = argv[1];
  if (strcmp(way, "later") == 0) LiveThroughRestarts();
  const pid_t child = fork();
  CHECK(child >= 0);
  if (child == 0) {
    while (access(argv[2], F_OK) != 0) {
      close(open("alive", O_CREAT | O_WRONLY, 0600));
      Pause();
    }
    _exit(0);
  }
  if (strcmp(way, "later") != 0) LiveThroughRestarts();
  if (strcmp(way, "exit") == 0) exit(3);
  if (strcmp(way, "_exit") == 0) _exit(3);
  if (strcmp(way, "_Exit") == 0) _Exit(3);
  return 3;
}
