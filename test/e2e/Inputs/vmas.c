// vmas.c - memory of many kinds, most of it never touched.
#include <sys/mman.h>

#include "behave.h"

enum { kPage = 4096 };

static char* Map(size_t size, int prot, int flags) {
  char* at = mmap(NULL, size, prot, flags | MAP_ANONYMOUS, -1, 0);
  CHECK(at != MAP_FAILED);
  return at;
}

static void* Sleep(void* unused) {
  AwaitGo();
  return unused;
}

int main(void) {
  const int both = PROT_READ | PROT_WRITE;
  char* reserved = Map((size_t)1 << 40, PROT_NONE, MAP_PRIVATE | MAP_NORESERVE);
  CHECK(mprotect(reserved + ((size_t)1 << 39), 4 * kPage, both) == 0);
  reserved[(size_t)1 << 39] = 1;
  char* sparse = Map((size_t)1 << 30, both, MAP_PRIVATE | MAP_NORESERVE);
  for (int i = 0; i < 16; ++i) sparse[(size_t)i << 26] = 2;
  // Read, never written: the zero page.
  char* read_only = Map(32 << 20, both, MAP_PRIVATE);
  int sum = 0;
  for (int i = 0; i < 32 << 20; i += kPage) sum += ((volatile char*)read_only)[i];
  CHECK(sum == 0);
  char* shared = Map(1 << 20, both, MAP_SHARED);
  memset(shared, 3, 64 * kPage);
  char* striped = Map(64 * kPage, both, MAP_PRIVATE);
  for (int i = 0; i < 64; i += 2) {
    CHECK(mprotect(striped + i * kPage, kPage, PROT_NONE) == 0);
    striped[(i + 1) * kPage] = 4;
  }
  pthread_t threads[4];
  for (int i = 0; i < 4; ++i) threads[i] = Start(Sleep, NULL);
  LiveThroughRestarts();
  for (int i = 0; i < 4; ++i) Join(threads[i]);
  CHECK(reserved[(size_t)1 << 39] == 1 && striped[kPage] == 4);
  for (int i = 0; i < 16; ++i) CHECK(sparse[(size_t)i << 26] == 2);
  CHECK(shared[64 * kPage - 1] == 3 && shared[64 * kPage] == 0);
  return Done();
}
