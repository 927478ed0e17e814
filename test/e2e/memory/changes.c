// Intent: memory goes on as the kernel has it while it is checkpointed and
// restored at any moment: pages given back (MADV_DONTNEED, MADV_FREE) are zeros
// or what they were, mremap grows, moves, shrinks and leaves zeros behind, and
// the heap's end (brk) goes up and down.
// RUN: %build_c
// RUN: %generations --interval 0.01 --generations 6 %t
// RUN: %generations --interval 0.01 --generations 6 --ids new %t
#include <sys/mman.h>

#include "behave.h"

enum { kPage = 4096, kPages = 24, kSize = kPages * kPage };

static unsigned char* Map(size_t size) {
  void* at = mmap(NULL, size, PROT_READ | PROT_WRITE,
                  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  CHECK(at != MAP_FAILED);
  return at;
}

static void Check(const unsigned char* at, size_t size, int value) {
  for (size_t i = 0; i < size; ++i) CHECK(at[i] == value);
}

static void GiveBack(unsigned char* at, int value) {
  Check(at, kSize, value);  // of the last round, perhaps of another life
  CHECK(madvise(at + kSize / 2, kSize / 2, MADV_DONTNEED) == 0);
  Check(at, kSize / 2, value);
  Check(at + kSize / 2, kSize / 2, 0);
  CHECK(madvise(at, kSize / 2, MADV_FREE) == 0);
  for (int page = 0; page < kPages / 2; ++page) {
    unsigned char* p = at + page * kPage;
    for (int i = 1; i < kPage; ++i) CHECK(p[i] == p[0]);
    CHECK(p[0] == value || p[0] == 0);
  }
  memset(at, value + 1, kSize);
}

static unsigned char* Remap(unsigned char* at, int value) {
  Check(at, kSize, value);
  // Up to 1 MiB, perhaps elsewhere; and certainly elsewhere; and back.
  at = mremap(at, kSize, 1 << 20, MREMAP_MAYMOVE);
  CHECK(at != MAP_FAILED);
  Check(at, kSize, value);
  Check(at + kSize, (1 << 20) - kSize, 0);
  memset(at + kSize, value, kPage);
  unsigned char* other = Map(1 << 20);
  CHECK(mremap(at, 1 << 20, 1 << 20, MREMAP_MAYMOVE | MREMAP_FIXED, other) ==
        other);
  Check(other, kSize + kPage, value);
  CHECK(mremap(other, 1 << 20, kSize, 0) == other);
  unsigned char* moved = mremap(other, kSize, kSize,
                                MREMAP_MAYMOVE | MREMAP_DONTUNMAP, NULL);
  if (moved == MAP_FAILED) return memset(other, value + 1, kSize);
  Check(moved, kSize, value);
  Check(other, kSize, 0);
  CHECK(munmap(other, kSize) == 0);
  return memset(moved, value + 1, kSize);
}

static void Brk(void) {
  unsigned char* end = sbrk(kSize);
  CHECK(end != (void*)-1);
  Check(end, kSize, 0);
  memset(end, 0xaa, kSize);
  CHECK(sbrk(-kSize / 2) == end + kSize);
  Check(end, kSize / 2, 0xaa);
  CHECK(sbrk(kSize / 2) == end + kSize / 2);
  Check(end + kSize / 2, kSize / 2, 0);
  CHECK(sbrk(-kSize) == end + kSize && sbrk(0) == end);
}

int main(void) {
  unsigned char* given = Map(kSize);
  unsigned char* moving = Map(kSize);
  Ready();
  // Nothing else may move the heap's end.
  int value = 0;
  do {
    GiveBack(given, value);
    moving = Remap(moving, value);
    Brk();
    ++value;
    if (value < 250) continue;
    value = 0;
    memset(given, 0, kSize);
    memset(moving, 0, kSize);
  } while (!Go());
  return Done();
}
