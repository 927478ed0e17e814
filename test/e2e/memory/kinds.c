// Intent: memory that is not reserved, grows down, may be dropped or is sealed
// (where the kernel has that) is so after restarts, with its content: what grows
// goes on growing, what is sealed cannot be changed.
// RUN: %build_c
// RUN: %generations %t
// RUN: %generations --ids new %t
// RUN: %generations --ids ns --user nobody %t
// REQUIRES: nobody
#include <sys/mman.h>
#include <sys/syscall.h>

#include "state/smaps.h"

enum {
  kPage = 4096,
  kSize = 16 * kPage,
  kDroppable = 8,  // MAP_DROPPABLE
  kMseal = 462
};

static unsigned char* Map(int prot, int flags) {
  void* at = mmap(NULL, kSize, prot, flags | MAP_ANONYMOUS, -1, 0);
  return at == MAP_FAILED ? NULL : at;
}

// A stack with nothing below it for as long as the program runs.
static unsigned char* Growing(void) {
  unsigned char* room = mmap(NULL, 2048 * kPage, PROT_NONE,
                             MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  CHECK(room != MAP_FAILED && munmap(room, 2048 * kPage) == 0);
  void* at = mmap(room + 2000 * kPage, kSize, PROT_READ | PROT_WRITE,
                  MAP_PRIVATE | MAP_ANONYMOUS | MAP_GROWSDOWN | MAP_FIXED, -1,
                  0);
  CHECK(at != MAP_FAILED);
  return at;
}

int main(void) {
  const int both = PROT_READ | PROT_WRITE;
  unsigned char* unreserved = Map(both, MAP_PRIVATE | MAP_NORESERVE);
  unsigned char* grows = Growing();
  unsigned char* droppable = Map(both, kDroppable);
  unsigned char* sealed = Map(both, MAP_PRIVATE);
  CHECK(unreserved != NULL && sealed != NULL);
  memset(unreserved, 1, kSize);
  memset(grows, 2, kSize);
  grows[-kPage] = 3;  // it does grow
  if (droppable != NULL) memset(droppable, 4, kSize);
  memset(sealed, 5, kSize);
  CHECK(mprotect(sealed, kSize, PROT_READ) == 0);
  const int can_seal = syscall(kMseal, sealed, kSize, 0) == 0;

  LiveThroughRestarts();
  CHECK(HasFlag(unreserved, "nr") && HasFlag(grows, "gd"));
  for (int i = 0; i < kSize; ++i) {
    CHECK(unreserved[i] == 1 && grows[i] == 2 && sealed[i] == 5);
    // Dropped pages are zeros.
    CHECK(droppable == NULL || droppable[i] == 4 || droppable[i] == 0);
  }
  CHECK(grows[-kPage] == 3);
  grows[-2 * kPage] = 6;
  CHECK(!HasFlag(unreserved, "gd") && !HasFlag(sealed, "nr"));
  if (droppable != NULL) CHECK(HasFlag(droppable, "dp"));
  if (can_seal) {
    CHECK(HasFlag(sealed, "sl"));
    CHECK(mprotect(sealed, kSize, both) == -1 && errno == EPERM);
    CHECK(munmap(sealed, kSize) == -1 && errno == EPERM);
  }
  return Done();
}
