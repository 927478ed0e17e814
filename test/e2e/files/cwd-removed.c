// Intent: a program whose current directory has been removed is in a removed
// directory after a restart.
// RUN: %build_c
// RUN: %generations %t
// RUN: %generations --ids ns %t
// RUN: %generations --ids new --user nobody %t
// REQUIRES: nobody
#include <sys/stat.h>

#include "behave.h"

int main(void) {
  char path[4096];
  struct stat st;
  CHECK(mkdir("deeper", 0700) == 0 && mkdir("deeper/still", 0700) == 0);
  const int above = open(".", O_RDONLY | O_DIRECTORY);
  CHECK(above >= 0 && chdir("deeper/still") == 0);
  CHECK(rmdir("../still") == 0 && rmdir("../../deeper") == 0);
  LiveThroughRestarts();
  CHECK(getcwd(path, sizeof(path)) == NULL && errno == ENOENT);
  CHECK(stat(".", &st) == 0 && st.st_nlink == 0);
  CHECK(open("file", O_CREAT | O_WRONLY, 0600) == -1 && errno == ENOENT);
  CHECK(fchdir(above) == 0 && access("deeper", F_OK) != 0);
  CHECK(getcwd(path, sizeof(path)) != NULL);
  return Done();
}
