/* Writes lines into the file "out", opened in the way that the argument says:
 * plain, append, or random (may read and go back). When it may go on it writes
 * ten more and ends. */
#include <sys/stat.h>

#include "behave.h"

static int fd;

static void Lines(int first, int end) {
  char line[16];
  for (int i = first; i < end; ++i) {
    const int size = snprintf(line, sizeof(line), "line %05d\n", i);
    CHECK(write(fd, line, (size_t)size) == size);
  }
}

int main(int argc, char** argv) {
  const char how = argc > 1 ? argv[1][0] : 'p';
  fd = open("out", O_CREAT | (how == 'r' ? O_RDWR : O_WRONLY) |
                       (how == 'a' ? O_APPEND : 0), 0644);
  CHECK(fd >= 0);
  Lines(0, 10000);
  LiveThroughRestarts();
  Lines(10000, 10010);
  return Done();
}
