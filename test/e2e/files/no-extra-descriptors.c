// Intent: a restored program has the descriptors that it had, and no other: the
// restart leaves none of its own behind, however many there have been.
// RUN: %build_c
// RUN: %generations --generations 6 %t
// RUN: %generations --generations 6 --ids ns %t
// RUN: %generations --generations 6 --ids new %t
#include <dirent.h>

#include "behave.h"

// The open descriptors but the one of the listing; in `set` and counted.
static int List(unsigned char* set) {
  DIR* directory = opendir("/proc/self/fd");
  CHECK(directory != NULL);
  int count = 0;
  memset(set, 0, 256);
  for (struct dirent* entry; (entry = readdir(directory)) != NULL;) {
    const int fd = atoi(entry->d_name);
    if (entry->d_name[0] == '.' || fd == dirfd(directory)) continue;
    CHECK(fd < 256);
    set[fd] = 1;
    ++count;
  }
  closedir(directory);
  return count;
}

int main(void) {
  unsigned char before[256], now[256];
  CHECK(open("kept", O_CREAT | O_RDWR, 0600) == 3);
  CHECK(dup2(3, 100) == 100);
  const int count = List(before);
  checkpoint_disable();
  Ready();
  while (!Go()) {
    checkpoint_enable();
    Pause();
    checkpoint_disable();
    // What is being written is no descriptor of the program's.
    CHECK(List(now) == count);
    CHECK(memcmp(before, now, sizeof(now)) == 0);
  }
  checkpoint_enable();
  return Done();
}
