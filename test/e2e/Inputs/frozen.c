// frozen.c - one thread writes to the file that the argument names, again and
// again; the main thread says "tick" all the time, until its token.
#include "behave.h"

static int stop, writes;

static void* Write(void* path) {
  const int fd = open(path, O_RDWR | O_CREAT, 0600);
  CHECK(fd >= 0);
  while (!Get(&stop)) {
    CHECK(pwrite(fd, "x", 1, 0) == 1);
    Count(&writes);
    Pause();
  }
  return path;
}

int main(int argc, char** argv) {
  CHECK(argc == 2);
  const pthread_t writer = Start(Write, argv[1]);
  CHECK(pthread_setname_np(writer, "the writer") == 0);
  Await(&writes, 1);
  Ready();
  while (!Go()) {
    Say("tick\n");
    poll(NULL, 0, 20);
  }
  // It goes on, too.
  Await(&writes, Get(&writes) + 2);
  Set(&stop, 1);
  Join(writer);
  return Done();
}
