// Intent: a directory that is being read goes on with the entries that have not
// been seen: each comes exactly once.
// RUN: %build_c
// RUN: %generations %t
#include <dirent.h>
#include <sys/stat.h>

#include "behave.h"

enum { kFiles = 2000 };

int main(void) {
  static unsigned char seen[kFiles];
  char path[64];
  CHECK(mkdir("directory", 0700) == 0);
  for (int i = 0; i < kFiles; ++i) {
    snprintf(path, sizeof(path), "directory/%d", i);
    close(open(path, O_CREAT | O_WRONLY, 0600));
  }
  DIR* directory = opendir("directory");
  CHECK(directory != NULL);
  int count = 0;
  for (struct dirent* entry; (entry = readdir(directory)) != NULL;) {
    if (entry->d_name[0] == '.') continue;
    const int number = atoi(entry->d_name);
    CHECK(seen[number]++ == 0);
    if (++count == kFiles / 3) LiveThroughRestarts();
  }
  CHECK(count == kFiles);
  return Done();
}
