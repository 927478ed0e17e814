// Intent: excluded bytes are zeros in each restored program, to the byte, in
// memory of every kind; what is round them, what has been included again and
// what is mapped where excluded memory was given back is as it was.
// RUN: %build_c
// RUN: %generations %t
// RUN: %generations --ids new %t
#include <sys/mman.h>

#include "behave.h"

enum { kPage = 4096, kPages = 40, kSize = kPages * kPage, kEdge = 100 };

static unsigned char data[kSize] = {1, [kSize - 1] = 1};
static unsigned char bss[kSize];

// Everything but kEdge bytes at each end is excluded.
struct Area {
  const char* name;
  unsigned char* at;
  int excluded;
};
static struct Area areas[9];
static int area_count, filled_in = -1;

static void Add(const char* name, unsigned char* at, int excluded) {
  CHECK(at != MAP_FAILED && at != NULL);
  areas[area_count++] = (struct Area){name, at, excluded};
}

static unsigned char* Map(int flags, int fd) {
  return mmap(NULL, kSize, PROT_READ | PROT_WRITE, flags, fd, 0);
}

static unsigned char Value(int generation, int i) {
  return (unsigned char)(1 + (i / kPage + i + generation) % 255);
}

static void Fill(int generation) {
  for (int a = 0; a < area_count; ++a) {
    for (int i = 0; i < kSize; ++i) areas[a].at[i] = Value(generation, i);
  }
  filled_in = generation;
}

static void Check(const struct Area* area, int restored) {
  for (int i = 0; i < kSize; ++i) {
    const int gone = restored && area->excluded && i >= kEdge &&
                     i < kSize - kEdge;
    const int wanted = gone ? 0 : Value(filled_in, i);
    if (area->at[i] == wanted) continue;
    dprintf(2, "%s: byte %d is %d and not %d\n", area->name, i, area->at[i],
            wanted);
    _exit(1);
  }
}

// No checkpoint is taken in between.
static void CheckAndFill(void) {
  checkpoint_disable();
  const int generation = checkpoint_generation();
  for (int a = 0; a < area_count; ++a) {
    Check(&areas[a], generation != filled_in);
  }
  if (generation != filled_in) Fill(generation);
  checkpoint_enable();
}

static int Exclude(unsigned char* at) {
  return checkpoint_exclude_bytes(at + kEdge, kSize - 2 * kEdge);
}

int main(void) {
  unsigned char stack[kSize];
  const int fd = open("mapped", O_RDWR | O_CREAT | O_TRUNC, 0600);
  CHECK(fd >= 0 && ftruncate(fd, kSize) == 0);
  CHECK(checkpoint_exclude_bytes(data, 0) == 0);
  CHECK(checkpoint_exclude_bytes((void*)-4096, 8192) == -1 && errno == EINVAL);
  Add("anonymous", Map(MAP_PRIVATE | MAP_ANONYMOUS, -1), 1);
  Add("shared", Map(MAP_SHARED | MAP_ANONYMOUS, -1), 1);
  Add("file", Map(MAP_PRIVATE, fd), 1);
  close(fd);
  Add("data", data, 1);
  Add("bss", bss, 1);
  Add("stack", stack, 1);
  Add("heap", malloc(kSize), 1);
  for (int a = 0; a < area_count; ++a) {
    // As a whole, and a part of it once more.
    CHECK(Exclude(areas[a].at) == 0);
    CHECK(checkpoint_exclude_bytes(areas[a].at + 2 * kPage + 5, kPage) == 0);
  }
  unsigned char* included = Map(MAP_PRIVATE | MAP_ANONYMOUS, -1);
  CHECK(Exclude(included) == 0);
  CHECK(checkpoint_include_bytes(included, kSize) == 0);
  Add("included", included, 0);
  unsigned char* again = Map(MAP_PRIVATE | MAP_ANONYMOUS, -1);
  CHECK(Exclude(again) == 0 && munmap(again, kSize) == 0);
  CHECK(mmap(again, kSize, PROT_READ | PROT_WRITE,
             MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0) ==
        again);
  Add("mapped again", again, 0);
  Fill(0);

  Ready();
  do {
    CheckAndFill();
    Pause();
  } while (!Go());
  CheckAndFill();
  return Done();
}
