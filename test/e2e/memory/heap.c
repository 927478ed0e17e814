// Intent: heap from brk and from mmap, grown before the checkpoint and after
// the restart, keeps its contents, and malloc goes on working.
// RUN: %build_c
// RUN: %generations %t
// RUN: %generations --ids new %t
#include "behave.h"

enum { kBlocks = 400 };

static unsigned char* blocks[kBlocks];
static size_t sizes[kBlocks];

static void Fill(int i, size_t size) {
  sizes[i] = size;
  blocks[i] = malloc(size);
  CHECK(blocks[i] != NULL);
  memset(blocks[i], i & 255, size);
}

static void Check(int i) {
  for (size_t k = 0; k < sizes[i]; k += 97) {
    CHECK(blocks[i][k] == (unsigned char)i);
  }
  if (sizes[i] > 0) CHECK(blocks[i][sizes[i] - 1] == (unsigned char)i);
}

int main(void) {
  unsigned random = 1;
  char* const first_break = sbrk(0);
  for (int i = 0; i < kBlocks; ++i) Fill(i, (size_t)(i * 37 % 3000) + 1);
  Fill(7, 3 << 20);  // by mmap
  CHECK((char*)sbrk(0) > first_break);
  Ready();
  do {
    for (int i = 0; i < 50; ++i) {
      random = random * 1103515245 + 12345;
      const int which = (int)((random >> 16) % kBlocks);
      Check(which);
      free(blocks[which]);
      Fill(which, (random & 15) == 0 ? random % (1 << 19) : random % 2000);
    }
    char* const top = sbrk(4096);
    CHECK(top != (char*)-1);
    memset(top, 1, 4096);
    CHECK(sbrk(-4096) != (void*)-1);
    Pause();
  } while (!Go());
  for (int i = 0; i < kBlocks; ++i) Check(i);
  return Done();
}
