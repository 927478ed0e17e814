/* Has a lock on the file "out" by the call that the argument says, and has
 * written behind it. */
#include <sys/file.h>

#include "behave.h"

int main(int argc, char** argv) {
  const int fd = open("out", O_CREAT | O_RDWR | O_APPEND, 0600);
  struct flock lock = {0};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  CHECK(argc == 2 && fd >= 0 && write(fd, "first", 5) == 5);
  if (strcmp(argv[1], "flock") == 0) {
    CHECK(flock(fd, LOCK_EX) == 0);
  } else {
    CHECK(fcntl(fd, strcmp(argv[1], "posix") == 0 ? F_SETLK : F_OFD_SETLK,
                &lock) == 0);
  }
  LiveThroughRestarts();
  return Done();
}
