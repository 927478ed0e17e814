// Intent: FIFOs of which the program has both ends keep their bytes over
// restarts; one that waits for its first writer goes on waiting, without being
// told of an end; one whose name is gone stays.
// RUN: %build_c
// RUN: %generations --ids same %t
// RUN: %generations --ids ns %t
// RUN: %generations --ids new %t
// RUN: %generations --ids new --user nobody %t
#include <sys/stat.h>

#include "behave.h"

static int Fifo(const char* name, int flags) {
  CHECK(mkfifo(name, 0600) == 0);
  const int fd = open(name, flags);
  CHECK(fd >= 0);
  return fd;
}

static void Expect(int fd, const char* text) {
  char got[64];
  const ssize_t size = (ssize_t)strlen(text);
  CHECK(read(fd, got, sizeof(got)) == size);
  CHECK(memcmp(got, text, (size_t)size) == 0);
}

int main(void) {
  char byte;
  const int reader = Fifo("both", O_RDONLY | O_NONBLOCK);
  const int writer = open("both", O_WRONLY);
  const int one = Fifo("one", O_RDWR);
  const int waiting = Fifo("waiting", O_RDONLY | O_NONBLOCK);
  const int nameless = Fifo("nameless", O_RDWR);
  CHECK(writer >= 0 && write(writer, "abc", 3) == 3);
  CHECK(write(one, "def", 3) == 3 && write(nameless, "ghi", 3) == 3);
  CHECK(unlink("nameless") == 0);
  LiveThroughRestarts();
  Expect(reader, "abc");
  CHECK(read(reader, &byte, 1) == -1 && errno == EAGAIN);
  Expect(one, "def");
  Expect(nameless, "ghi");
  CHECK(access("nameless", F_OK) == -1);
  struct pollfd entry = {waiting, POLLIN, 0};
  CHECK(poll(&entry, 1, 0) == 0);
  const int late = open("waiting", O_WRONLY);
  CHECK(late >= 0 && write(late, "now", 3) == 3);
  Expect(waiting, "now");
  CHECK(close(late) == 0 && read(waiting, &byte, 1) == 0);
  CHECK(close(writer) == 0 && read(reader, &byte, 1) == 0);
  return Done();
}
