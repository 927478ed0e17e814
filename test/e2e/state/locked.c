// Intent: locked memory is locked again, some of it as it is touched, and new
// memory of a program that has asked for that is locked, too.
// RUN: %build_c
// RUN: %generations %t
// RUN: %generations --ids new %t
// RUN: %generations --ids ns --user nobody %t
// RUN: %generations %t future
// RUN: %generations --ids new --user nobody %t future
// REQUIRES: nobody
#include <sys/mman.h>

#include "state/smaps.h"

enum { kSize = 64 << 10 };

static char* New(void) {
  char* at = mmap(NULL, kSize, PROT_READ | PROT_WRITE,
                  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  CHECK(at != MAP_FAILED);
  return at;
}

int main(int argc, char** argv) {
  const int future = argc > 1 && strcmp(argv[1], "future") == 0;
  char* locked = New();
  char* on_fault = New();
  // Of what there is only those two.
  CHECK(mlock(locked, kSize / 2) == 0);
  CHECK(mlock2(on_fault, kSize / 2, MLOCK_ONFAULT) == 0);
  memset(locked, 7, kSize);
  if (future) CHECK(mlockall(MCL_FUTURE | MCL_ONFAULT) == 0);
  LiveThroughRestarts();
  CHECK(HasFlag(locked, "lo") && !HasFlag(locked, "lf"));
  CHECK(HasFlag(on_fault, "lo") && HasFlag(on_fault, "lf"));
  CHECK(!HasFlag(locked + kSize / 2, "lo"));
  CHECK(!HasFlag(on_fault + kSize / 2, "lo"));
  for (int i = 0; i < kSize; ++i) CHECK(locked[i] == 7);
  CHECK(HasFlag(New(), "lo") == future);
  return Done();
}
