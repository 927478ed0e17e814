// Intent: POSIX shared memory is, after a restart, what it was at the
// checkpoint, as the rest of the program's memory; also by a second mapping.
// RUN: %build_c
// RUN: %generations --generations 5 %t
// RUN: %generations --generations 5 --ids new %t
// RUN: %generations --user nobody --ids ns %t
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "behave.h"

enum { kSize = 64 << 10, kWords = kSize / sizeof(long) };

int main(void) {
  char name[64];
  snprintf(name, sizeof(name), "/ckpt-shared-%d", getpid());
  const int fd = shm_open(name, O_CREAT | O_EXCL | O_RDWR, 0600);
  CHECK(fd >= 0 && ftruncate(fd, kSize) == 0);
  const int both = PROT_READ | PROT_WRITE;
  long* shared = mmap(NULL, kSize, both, MAP_SHARED, fd, 0);
  long* again = mmap(NULL, kSize, PROT_READ, MAP_SHARED, fd, 0);
  CHECK(shared != MAP_FAILED && again != MAP_FAILED);
  CHECK(close(fd) == 0);
  Ready();
  // Memory of the program's own says what the shared one must hold.
  long turns = 0, half = 0;
  while (!Go()) {
    for (long i = 0; i < kWords; ++i) {
      CHECK(shared[i] == turns && again[i] == turns);
      half = i;
      shared[i] = turns + 1;
      CHECK(again[half] == turns + 1);
    }
    ++turns;
  }
  CHECK(munmap(shared, kSize) == 0 && munmap(again, kSize) == 0);
  CHECK(shm_unlink(name) == 0);
  return Done();
}
