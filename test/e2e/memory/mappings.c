// Intent: memory of every kind comes back with contents and protection: written
// and then read-only or without any access, executable, never touched, shared
// anonymous, private and shared mappings of files.
// RUN: %build_c
// RUN: %generations %t
// RUN: %generations --ids new %t
#include <sys/mman.h>

#include "behave.h"

enum { kPage = 4096, kSize = 16 * kPage };

static unsigned char* Map(int prot, int flags, int fd) {
  unsigned char* at = mmap(NULL, kSize, prot, flags, fd, 0);
  CHECK(at != MAP_FAILED);
  return at;
}

static int zero_fd;

// What the protection allows, by what the kernel may do for us.
static int Readable(void* at) {
  return access(at, F_OK) == 0 || errno != EFAULT;
}
static int Writable(void* at) { return read(zero_fd, at, 1) == 1; }

static void Check(const unsigned char* at, unsigned char value) {
  for (int i = 0; i < kSize; ++i) CHECK(at[i] == value);
}

int main(void) {
  const int anonymous = MAP_PRIVATE | MAP_ANONYMOUS;
  const int both = PROT_READ | PROT_WRITE;
  unsigned char* read_only = Map(both, anonymous, -1);
  memset(read_only, 1, kSize);
  mprotect(read_only, kSize, PROT_READ);
  unsigned char* hidden = Map(both, anonymous, -1);
  memset(hidden, 2, kSize);
  mprotect(hidden, kSize, PROT_NONE);
  unsigned char* untouched = Map(both, anonymous, -1);
  unsigned char* holes = Map(both, anonymous, -1);
  holes[0] = holes[5 * kPage] = holes[kSize - 1] = 3;
  unsigned char* shared = Map(both, MAP_SHARED | MAP_ANONYMOUS, -1);
  memset(shared, 4, kSize);
  unsigned char* code = Map(both, anonymous, -1);
  memcpy(code, "\xb8\x2a\x00\x00\x00\xc3", 6);  // mov $42, %eax; ret
  mprotect(code, kSize, PROT_READ | PROT_EXEC);
  unsigned char* given_back = Map(both, anonymous, -1);
  memset(given_back, 5, kSize);
  madvise(given_back, kSize / 2, MADV_DONTNEED);

  zero_fd = open("/dev/zero", O_RDONLY);
  CHECK(zero_fd >= 0);
  unsigned char page[kPage];
  const int fd = open("mapped", O_RDWR | O_CREAT | O_TRUNC, 0600);
  CHECK(fd >= 0);
  for (int i = 0; i < kSize / kPage; ++i) {
    memset(page, 6, kPage);
    CHECK(write(fd, page, kPage) == kPage);
  }
  unsigned char* private_file = Map(both, MAP_PRIVATE, fd);
  memset(private_file + 2 * kPage, 7, kPage);
  unsigned char* shared_file = Map(both, MAP_SHARED, fd);
  close(fd);
  shared_file[15 * kPage] = 8;

  Ready();
  do {
    Check(read_only, 1);
    CHECK(!Readable(hidden) && !Writable(read_only) && !Writable(code));
    CHECK(holes[0] == 3 && holes[5 * kPage] == 3 && holes[kSize - 1] == 3);
    CHECK(holes[kPage] == 0 && holes[kSize - kPage] == 0);
    Check(shared, 4);
    CHECK(((int (*)(void))code)() == 42);
    CHECK(given_back[0] == 0 && given_back[kSize / 2] == 5);
    CHECK(private_file[kPage] == 6 && private_file[2 * kPage] == 7);
    CHECK(private_file[3 * kPage - 1] == 7);
    CHECK(shared_file[0] == 6 && shared_file[15 * kPage] == 8);
    Pause();
  } while (!Go());
  Check(untouched, 0);
  mprotect(hidden, kSize, PROT_READ);
  Check(hidden, 2);
  // What is shared is shared with a child; what is private is not.
  shared_file[1] = 9;
  const int again = open("mapped", O_RDONLY);
  CHECK(again >= 0 && pread(again, page, kPage, 0) == kPage);
  CHECK(page[1] == 9 && page[2] == 6);
  private_file[2 * kPage] = 10;
  CHECK(pread(again, page, kPage, 2 * kPage) == kPage && page[0] == 6);
  untouched[0] = holes[kPage] = shared[0] = 11;
  return Done();
}
