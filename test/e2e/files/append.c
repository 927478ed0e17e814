// Intent: O_APPEND is kept: what others have appended meanwhile is not written
// over, and the other status flags are kept as well.
// RUN: %build_c
// RUN: %generations %t
#include "behave.h"

int main(void) {
  char text[64] = "";
  const int log = open("log", O_CREAT | O_APPEND | O_WRONLY, 0600);
  const int other = open("log", O_WRONLY | O_NONBLOCK | O_NOATIME);
  CHECK(log == 3 && other >= 0);
  CHECK(write(log, "one\n", 4) == 4);
  const int flags = fcntl(log, F_GETFL), other_flags = fcntl(other, F_GETFL);
  CHECK((flags & O_APPEND) != 0 && (other_flags & O_NONBLOCK) != 0);
  LiveThroughRestarts();
  CHECK(fcntl(log, F_GETFL) == flags);
  CHECK(fcntl(other, F_GETFL) == other_flags);
  CHECK(pwrite(other, "two\n", 4, 4) == 4);
  CHECK(lseek(log, 0, SEEK_SET) == 0);
  CHECK(write(log, "three\n", 6) == 6);
  const int in = open("log", O_RDONLY);
  CHECK(read(in, text, sizeof(text)) == 14);
  CHECK(strcmp(text, "one\ntwo\nthree\n") == 0);
  return Done();
}
