// Intent: open files whose first name is gone (link and unlink, O_TMPFILE and
// linkat, rename) are the files that have the other name; a removed directory
// that is open is a removed directory.
// RUN: %build_c
// RUN: %generations %t
// RUN: %generations --ids ns %t
// RUN: %generations --ids new --user nobody %t
// REQUIRES: nobody
#include <sys/stat.h>

#include "behave.h"

static const char* const kNames[] = {"linked", "given", "renamed"};

int main(void) {
  int fds[3];
  struct stat st, named;
  char path[64];
  fds[0] = open("temporary", O_CREAT | O_WRONLY, 0600);
  CHECK(fds[0] >= 0 && link("temporary", "linked") == 0);
  CHECK(unlink("temporary") == 0);
  fds[1] = open(".", O_TMPFILE | O_WRONLY, 0600);
  snprintf(path, sizeof(path), "/proc/self/fd/%d", fds[1]);
  CHECK(linkat(AT_FDCWD, path, AT_FDCWD, "given", AT_SYMLINK_FOLLOW) == 0);
  fds[2] = open("before", O_CREAT | O_WRONLY, 0600);
  CHECK(fds[2] >= 0 && rename("before", "renamed") == 0);
  CHECK(mkdir("removed", 0700) == 0);
  const int removed = open("removed", O_RDONLY | O_DIRECTORY);
  CHECK(removed >= 0 && rmdir("removed") == 0);
  for (int i = 0; i < 3; ++i) CHECK(write(fds[i], "one", 3) == 3);
  LiveThroughRestarts();

  for (int i = 0; i < 3; ++i) {
    CHECK(write(fds[i], "two", 3) == 3);
    CHECK(fstat(fds[i], &st) == 0 && stat(kNames[i], &named) == 0);
    CHECK(st.st_ino == named.st_ino && st.st_size == 6 && st.st_nlink == 1);
  }
  CHECK(access("temporary", F_OK) != 0 && access("before", F_OK) != 0);
  CHECK(fstat(removed, &st) == 0 && S_ISDIR(st.st_mode) && st.st_nlink == 0);
  CHECK(openat(removed, "file", O_CREAT | O_WRONLY, 0600) == -1);
  CHECK(errno == ENOENT && access("removed", F_OK) != 0);
  return Done();
}
