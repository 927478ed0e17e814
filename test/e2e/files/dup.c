// Intent: copies of a descriptor share one offset after the restart, a second
// open of the same file has its own, numbers and close-on-exec are kept.
// RUN: %build_c
// RUN: %generations %t
// RUN: %generations --ids ns %t
#include "behave.h"

int main(void) {
  char c;
  const int file = open("file", O_CREAT | O_TRUNC | O_RDWR, 0600);
  CHECK(write(file, "0123456789", 10) == 10);
  CHECK(dup2(file, 900) == 900);
  const int third = fcntl(file, F_DUPFD_CLOEXEC, 300);
  const int own = open("file", O_RDONLY | O_CLOEXEC);
  CHECK(third == 300 && own > 0);
  CHECK(lseek(file, 2, SEEK_SET) == 2);
  LiveThroughRestarts();
  CHECK(read(900, &c, 1) == 1 && c == '2');
  CHECK(read(third, &c, 1) == 1 && c == '3');
  CHECK(read(file, &c, 1) == 1 && c == '4');
  CHECK(read(own, &c, 1) == 1 && c == '0');
  CHECK(lseek(file, 0, SEEK_CUR) == 5 && lseek(own, 0, SEEK_CUR) == 1);
  CHECK(fcntl(file, F_GETFD) == 0 && fcntl(900, F_GETFD) == 0);
  CHECK(fcntl(third, F_GETFD) == FD_CLOEXEC);
  CHECK(fcntl(own, F_GETFD) == FD_CLOEXEC);
  return Done();
}
