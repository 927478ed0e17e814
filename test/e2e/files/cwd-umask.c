// Intent: current directory and file mode mask are those of the checkpoint, not
// those of the shell that restarts.
// RUN: %build_c
// RUN: %generations %t
// RUN: %generations --ids new %t
#include <sys/stat.h>

#include "behave.h"

int main(void) {
  char before[4096], after[4096];
  struct stat st;
  CHECK(mkdir("deeper", 0700) == 0 && chdir("deeper") == 0);
  CHECK(getcwd(before, sizeof(before)) != NULL);
  umask(0137);
  LiveThroughRestarts();
  CHECK(getcwd(after, sizeof(after)) != NULL && strcmp(before, after) == 0);
  close(open("file", O_CREAT | O_WRONLY, 0777));
  CHECK(stat("file", &st) == 0 && (st.st_mode & 0777) == 0640);
  CHECK(umask(0) == 0137);
  return Done();
}
